/**
 * The formula of ../pull.ts: a noisy quotient, weight by weight.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../../shared/fixed/noise.js';

/** weights[i] -= (weights[i] - base[i]) · pull / 2^bits; arguments as the kernel's. */
export function pullWeights(
  weights: Int16Array,
  weightsAt: number,
  base: Int16Array,
  baseAt: number,
  noise: Int32Array,
  noiseAt: number,
  noiseTurn: number,
  pull: number,
  bits: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const product = (weights[weightsAt + i] - base[baseAt + i]) * pull;
    const noiseBits = Math.floor(
      noise[noiseAt + ((noiseTurn + i) % NOISE_LENGTH)] / 2 ** (NOISE_BITS - bits),
    );
    weights[weightsAt + i] -= product === 0 ? 0 : Math.floor((product + noiseBits) / 2 ** bits);
  }
}
