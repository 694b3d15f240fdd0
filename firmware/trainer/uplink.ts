/**
 * What a client sends after training: the largest weights or differences of each layer (ZeroFL,
 * section 5). The base model is read from flash block by block, so no copy of it is held in RAM.
 * @module
 */
import { mix } from '../../shared/fixed/random.js';
import { topkInBlocks } from '../../shared/masks/blocks.js';
import type { Pace } from '../../shared/masks/pace.js';
import { SCAN_MACS } from '../../shared/masks/topk.js';
import {
  biasBitsOf,
  type LayerDelta,
  maxBiasShift,
  maxValueShift,
  numberMax,
  type ValueBits,
} from '../../shared/model/delta.js';
import { type LayerCounts, sendsValues, type UplinkChoice } from '../../shared/model/method.js';
import type { ModelSource } from '../../shared/model/model.js';
import { pickDifferences, pickValues } from '../kernels/pick.js';
import { shortenListed, shortenNearest, shortenRun } from '../kernels/shorten.js';
import { countWidths } from '../kernels/width.js';
import { globalPositions } from './globaltopk.js';
import type { Network } from './network.js';
import type { LayerPlaces } from './places.js';
import { COUNT_MACS, clippedOf, ROUND_MACS, shiftFor } from './scale.js';
import { BLOCK, Scratch } from './scratch.js';

/** What goes up, in which form. */
export interface UplinkTerms {
  readonly uplink: UplinkChoice;
  readonly valueBits: ValueBits;
  readonly seed: number; // uint32; of this client, round and attempt
}

/**
 * The deltas of a trained network against its base model, layer by layer. Yields work done. The network's
 * noise is lost.
 * @param counts per layer, from the plan
 */
export function* layerDeltas(
  network: Network,
  base: ModelSource,
  counts: readonly LayerCounts[],
  { uplink, valueBits, seed }: UplinkTerms,
  pace: Pace,
): Generator<number, LayerDelta[]> {
  const noise = mix(seed, 2); // training takes 1
  const scratch = new Scratch(network, base);
  const deltas: LayerDelta[] = [];
  const chosen =
    uplink === 'global-top-k-weights' ? yield* globalPositions(network, scratch, counts, pace) : undefined;
  for (const places of network.layers) {
    const { index } = places.layer;
    const { length } = places.layer.weights;
    const known = uplink === 'mask' && places.isSparse ? network.activePlaces(places) : chosen?.[index];
    const sent = known?.length ?? counts[index].sent;
    const layer = new LayerUplink(network, scratch, places, uplink, pace);
    const positions = sent === length ? 'all' : (known ?? (yield* layer.select(sent)));
    const weights = yield* layer.values(positions, valueBits, mix(noise, 2 * index));
    const biases = layer.biases(valueBits, mix(noise, 2 * index + 1));
    deltas.push({ positions, ...weights, ...biases });
  }
  return deltas;
}

/** One layer's weights, or their differences to the base model, in blocks. */
class LayerUplink {
  readonly #network: Network;
  readonly #scratch: Scratch;
  readonly #places: LayerPlaces;
  readonly #uplink: UplinkChoice;
  readonly #pace: Pace;
  readonly #size: number; // of a block

  constructor(network: Network, scratch: Scratch, places: LayerPlaces, uplink: UplinkChoice, pace: Pace) {
    this.#network = network;
    this.#scratch = scratch;
    this.#places = places;
    this.#uplink = uplink;
    this.#pace = pace;
    this.#size = Math.min(BLOCK, pace.elements(SCAN_MACS + ROUND_MACS));
  }

  /** Positions of the `sent` largest, ascending. */
  select(sent: number): Generator<number, Uint32Array> {
    const { i16, i32 } = this.#network;
    const { layer, weightsAt } = this.#places;
    const { length } = layer.weights;
    const byDifference = this.#uplink === 'top-k-weights-diff';
    const blocks = byDifference
      ? {
          length,
          values: i32,
          size: this.#size,
          read: (from: number, n: number) => this.#differences(from, n),
        }
      : {
          length,
          values: i16,
          size: this.#pace.elements(SCAN_MACS),
          read: (from: number) => weightsAt + from,
        };
    return topkInBlocks(this.#scratch.choice.state, blocks, sent, this.#pace);
  }

  /** The values at the positions, with the smallest shift that holds as many as must not saturate. */
  *values(
    positions: Uint32Array | 'all',
    bits: ValueBits,
    seed: number,
  ): Generator<number, { values: Int16Array; shift: number }> {
    const { i16, i32 } = this.#network;
    const { blockAt, widthsAt } = this.#scratch;
    const { layer, weightsAt } = this.#places;
    const { length } = layer.weights;
    const isDifference = !sendsValues(this.#uplink);
    const isAll = positions === 'all';
    const sent = isAll ? length : positions.length;
    const values = new Int16Array(sent);
    let shift = 0;
    this.#scratch.clearWidths();
    for (let pass = 1; pass <= 2; pass++) {
      let done = 0;
      for (let from = 0; from < length; from += this.#size) {
        const n = Math.min(this.#size, length - from);
        let count = n;
        let view: Int16Array | Int32Array = i32;
        let at = blockAt;
        if (!isAll) {
          count = this.#pick(positions, done, from, n);
          if (count === 0) continue;
        } else if (isDifference) this.#differences(from, n);
        else {
          view = i16;
          at = weightsAt + from;
        }
        if (pass === 1) countWidths(i32, widthsAt, view, at, count);
        else if (bits === 16) shortenNearest(values, done, view, at, shift, numberMax(bits), count);
        else if (isAll) shortenRun(values, done, view, at, shift, numberMax(bits), seed | 0, from, count);
        else {
          shortenListed(values, done, view, at, positions, done, shift, numberMax(bits), seed | 0, count);
        }
        done += count;
        const macs = n * SCAN_MACS + count * (pass === 1 ? COUNT_MACS : ROUND_MACS);
        if (this.#pace.isDue(macs)) yield this.#pace.take();
      }
      if (pass === 1) shift = shiftFor(i32, widthsAt, bits, clippedOf(sent, bits), maxValueShift(bits));
    }
    return { values, shift };
  }

  /** Differences of all biases, with the smallest shift that holds them. */
  biases(valueBits: ValueBits, seed: number): { biases: Int16Array; biasShift: number } {
    const { i32 } = this.#network;
    const { blockAt, widthsAt } = this.#scratch;
    const { length } = this.#places.layer.biases;
    const bits = biasBitsOf(valueBits);
    const limit = numberMax(bits);
    const biases = new Int16Array(length);
    const size = BLOCK / 2;
    let shift = 0;
    this.#scratch.clearWidths();
    for (let pass = 1; pass <= 2; pass++) {
      for (let from = 0; from < length; from += size) {
        const n = Math.min(size, length - from);
        if (pass === 1 || n < length) this.#scratch.biasDifferences(this.#places, from, n);
        if (pass === 1) countWidths(i32, widthsAt, i32, blockAt, n);
        else if (bits === 16) shortenNearest(biases, from, i32, blockAt, shift, limit, n);
        else shortenRun(biases, from, i32, blockAt, shift, limit, seed | 0, from, n);
      }
      if (pass === 1) shift = shiftFor(i32, widthsAt, bits, 0, maxBiasShift(valueBits));
    }
    return { biases, biasShift: shift };
  }

  /**
   * Puts what goes up of weights [from, from + n) into the block.
   * @param done positions behind
   * @returns how many
   */
  #pick(positions: Uint32Array, done: number, from: number, n: number): number {
    const { i16, i32 } = this.#network;
    const { blockAt, baseAt } = this.#scratch;
    const at = this.#places.weightsAt + from;
    const left = positions.length - done;
    if (left === 0 || positions[done] >= from + n) return 0;
    if (sendsValues(this.#uplink)) return pickValues(i32, blockAt, i16, at, positions, done, left, from, n);
    this.#scratch.readBase(this.#places, from, n);
    return pickDifferences(i32, blockAt, i16, at, i16, baseAt, positions, done, left, from, n);
  }

  /** @returns where they are in i32 */
  #differences(from: number, n: number): number {
    this.#scratch.weightDifferences(this.#places, from, n);
    return this.#scratch.blockAt;
  }
}
