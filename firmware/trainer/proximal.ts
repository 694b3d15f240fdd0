/**
 * The proximal term of FedProx (Li et al. 2020, section 3.2): training stays near the base model by
 * weights -= rate · mu · (weights - base) at every step.
 *
 * A board keeps no copy of the base in RAM, so the term is applied late: once for all the steps since
 * the last time, as weights -= (1 - (1 - rate · mu)^steps) · (weights - base), while the base is read
 * from flash block by block. The rate is the round's, whatever clipping made of single steps.
 * @module
 */
import { NOISE_LENGTH } from '../../shared/fixed/noise.js';
import { divideNearest } from '../../shared/fixed/rounding.js';
import type { Pace } from '../../shared/masks/pace.js';
import { SCAN_MACS } from '../../shared/masks/topk.js';
import { PROX_BITS, type Rate } from '../../shared/model/method.js';
import type { ModelSource } from '../../shared/model/model.js';
import { pullWeights } from '../kernels/pull.js';
import type { Network } from './network.js';

/** Weights read from the base model at once. */
const BLOCK = 256;

/** Fraction bits of a step's decay. */
const DECAY_BITS = 24;

/** Fraction bits of a pull: a difference of two int16 times it stays in 31 bits. */
export const PULL_BITS = 14;

/**
 * 1 - (1 - rate · mu)^steps in units of 2^-PULL_BITS, to nearest.
 * @param prox mu in units of 2^-PROX_BITS
 */
export function pullOf({ mantissa, exp }: Rate, prox: number, steps: number): number {
  const one = 2 ** DECAY_BITS;
  const decay = Math.min(one, Math.floor(mantissa * prox * 2 ** (exp - PROX_BITS + DECAY_BITS)));
  let left = one;
  for (let i = 0; i < steps; i++) left -= Math.floor((left * decay) / one);
  return divideNearest(one - left, 2 ** (DECAY_BITS - PULL_BITS));
}

/**
 * Pulls every weight and bias of the network towards the base. Yields work.
 * @param pull      0 to 2^PULL_BITS
 * @param noiseTurn where in the noise weight 0 of a layer begins
 */
export function* pullToBase(
  network: Network,
  base: ModelSource,
  pull: number,
  noiseTurn: number,
  pace: Pace,
): Generator<number, void> {
  const { i16, i32, arena } = network;
  const block = new Int16Array(BLOCK);
  const bytes = new Uint8Array(block.buffer);
  const noiseAt = arena.noise.offset >> 2;
  for (const { layer, weightsAt, biasesAt } of network.layers) {
    const { weights, biases } = layer;
    for (let from = 0; from < weights.length; from += BLOCK) {
      const n = Math.min(BLOCK, weights.length - from);
      base.readParameters(weights.offset + 2 * from, bytes.subarray(0, 2 * n));
      const turn = (noiseTurn + from) & (NOISE_LENGTH - 1);
      pullWeights(i16, weightsAt + from, block, 0, i32, noiseAt, turn, pull, PULL_BITS, n);
      if (pace.isDue(n * SCAN_MACS)) yield pace.take();
    }
    const old = new Int32Array(biases.length);
    base.readParameters(biases.offset, new Uint8Array(old.buffer));
    for (let r = 0; r < biases.length; r++) {
      const far = i32[biasesAt + r] - old[r];
      i32[biasesAt + r] -= divideNearest(far * pull, 2 ** PULL_BITS);
    }
  }
}
