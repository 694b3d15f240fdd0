/**
 * What a client sends after training: the largest weights or differences of each layer (ZeroFL,
 * section 5). The base model is read from flash block by block, so no copy of it is held in RAM.
 * @module
 */
import { mix } from '../../shared/fixed/random.js';
import { topkInBlocks } from '../../shared/masks/blocks.js';
import { TOPK_STATE, topkCountHigh, topkCountLow } from '../../shared/masks/count.js';
import { SCAN_MACS, topkBegin, topkFindBin, topkFindThreshold, topkTake } from '../../shared/masks/topk.js';
import {
  biasBitsOf,
  type LayerDelta,
  maxBiasShift,
  maxValueShift,
  type ValueBits,
} from '../../shared/model/delta.js';
import { type LayerCounts, sendsValues, type UplinkChoice } from '../../shared/model/method.js';
import type { ModelSource } from '../../shared/model/model.js';
import type { Network } from './network.js';
import type { LayerPlaces } from './places.js';
import { COUNT_MACS, clippedOf, ROUND_MACS, shorten, Widths } from './scale.js';

/** Weights read from the base model at once. */
const BLOCK = 256;

/** What goes up, in which form. */
export interface UplinkTerms {
  readonly uplink: UplinkChoice;
  readonly valueBits: ValueBits;
  readonly seed: number; // uint32; of this client, round and attempt
}

/**
 * The deltas of a trained network against its base model, layer by layer. Yields work done.
 * @param sent per layer, from the plan
 */
export function* layerDeltas(
  network: Network,
  base: ModelSource,
  counts: readonly LayerCounts[],
  { uplink, valueBits, seed }: UplinkTerms,
): Generator<number, LayerDelta[]> {
  const noise = mix(seed, 2); // training takes 1
  const deltas: LayerDelta[] = [];
  const chosen = uplink === 'global-top-k-weights' ? yield* globalPositions(network, counts) : undefined;
  for (const places of network.layers) {
    const blocks = new Blocks(network, base, places);
    const { length } = places.layer.weights;
    const known =
      uplink === 'mask' && places.isSparse ? network.activePlaces(places) : chosen?.[places.layer.index];
    const sent = known?.length ?? counts[places.layer.index].sent;
    const positions = sent === length ? 'all' : (known ?? (yield* blocks.select(sent, uplink)));
    const { index } = places.layer;
    const values = yield* blocks.values(positions, uplink, valueBits, mix(noise, 2 * index));
    const biases = biasDelta(network, base, places, valueBits, mix(noise, 2 * index + 1));
    deltas.push({ positions, ...values, ...biases });
  }
  return deltas;
}

/**
 * The largest weights of the whole model, by their real values: as many as the layers' counts add up to;
 * of equals those of lower layers, then of lower places. Finer weights are compared in the unit of the
 * coarsest layer.
 */
function* globalPositions(
  { layers, i16 }: Network,
  counts: readonly LayerCounts[],
): Generator<number, Uint32Array[]> {
  const total = counts.reduce((sum, { sent }) => sum + sent, 0);
  const coarsest = Math.max(...layers.map(({ weightExp }) => weightExp));
  const topk = new Int32Array(TOPK_STATE);
  const block = new Int32Array(BLOCK);
  const positions = new Uint32Array(total);
  function* pass(visit: (index: number, from: number, n: number) => void): Generator<number, void> {
    for (const { layer, weightsAt, weightExp } of layers) {
      const { length } = layer.weights;
      for (let from = 0; from < length; from += BLOCK) {
        const n = Math.min(BLOCK, length - from);
        for (let i = 0; i < n; i++) {
          const weight = i16[weightsAt + from + i];
          const magnitude = weight < 0 ? -weight : weight;
          block[i] = magnitude >> (coarsest - weightExp);
        }
        visit(layer.index, from, n);
        yield n * SCAN_MACS;
      }
    }
  }
  topkBegin(topk, total);
  yield* pass((_index, _from, n) => topkCountHigh(topk, block, 0, n));
  topkFindBin(topk);
  yield* pass((_index, _from, n) => topkCountLow(topk, block, 0, n));
  topkFindThreshold(topk);
  const ends = layers.map(() => 0);
  let taken = 0;
  yield* pass((index, from, n) => {
    taken += topkTake(positions, taken, topk, block, 0, n, from);
    ends[index] = taken;
  });
  return ends.map((end, index) => positions.subarray(index === 0 ? 0 : ends[index - 1], end));
}

/** One layer's weights and their differences to the base model, in blocks of BLOCK weights. */
class Blocks {
  readonly #network: Network;
  readonly #base: ModelSource;
  readonly #places: LayerPlaces;
  readonly #bytes = new Uint8Array(2 * BLOCK);
  readonly #block = new Int32Array(BLOCK);

  constructor(network: Network, base: ModelSource, places: LayerPlaces) {
    this.#network = network;
    this.#base = base;
    this.#places = places;
  }

  /** Positions of the `sent` largest, ascending. */
  select(sent: number, uplink: UplinkChoice): Generator<number, Uint32Array> {
    const byDifference = uplink === 'top-k-weights-diff';
    return topkInBlocks(this.#block, this.#places.layer.weights.length, sent, (from) => {
      this.#read(from, byDifference);
    });
  }

  /** The values at the positions, with the smallest shift that holds as many as must not saturate. */
  *values(
    positions: Uint32Array | 'all',
    uplink: UplinkChoice,
    bits: ValueBits,
    seed: number,
  ): Generator<number, { values: Int16Array; shift: number }> {
    const { length } = this.#places.layer.weights;
    const isDifference = !sendsValues(uplink);
    const widths = new Widths();
    yield* this.#visit(positions, isDifference, COUNT_MACS, (_i, _place, value) => widths.add(value));
    const count = positions === 'all' ? length : positions.length;
    const shift = widths.shift(bits, clippedOf(count, bits), maxValueShift(bits));
    const values = new Int16Array(count);
    yield* this.#visit(positions, isDifference, ROUND_MACS, (i, place, value) => {
      values[i] = shorten(value, shift, bits, seed, place);
    });
    return { values, shift };
  }

  /** @param macs work of `each` */
  *#visit(
    positions: Uint32Array | 'all',
    isDifference: boolean,
    macs: number,
    each: (i: number, place: number, value: number) => void,
  ): Generator<number, void> {
    const { length } = this.#places.layer.weights;
    const count = positions === 'all' ? length : positions.length;
    let i = 0;
    for (let from = 0; from < length; from += BLOCK) {
      const n = this.#read(from, isDifference);
      yield n * SCAN_MACS;
      const first = i;
      for (; i < count; i++) {
        const place = positions === 'all' ? i : positions[i];
        if (place >= from + n) break;
        each(i, place, this.#block[place - from]);
      }
      yield (i - first) * macs;
    }
  }

  /** Reads weights [from, …) into the block, or their differences. @returns how many */
  #read(from: number, isDifference: boolean): number {
    const { i16 } = this.#network;
    const { weights } = this.#places.layer;
    const n = Math.min(BLOCK, weights.length - from);
    const at = this.#places.weightsAt + from;
    for (let i = 0; i < n; i++) this.#block[i] = i16[at + i];
    if (!isDifference) return n;
    const bytes = this.#bytes;
    this.#base.readParameters(weights.offset + 2 * from, bytes.subarray(0, 2 * n));
    // little-endian by hand: a view would need an aligned buffer on every host
    for (let i = 0; i < n; i++) this.#block[i] -= ((bytes[2 * i] | (bytes[2 * i + 1] << 8)) << 16) >> 16;
    return n;
  }
}

function biasDelta(
  network: Network,
  base: ModelSource,
  places: LayerPlaces,
  valueBits: ValueBits,
  seed: number,
): { biases: Int16Array; biasShift: number } {
  const { length, offset } = places.layer.biases;
  const before = new Uint8Array(4 * length);
  base.readParameters(offset, before);
  const old = new Int32Array(before.buffer);
  const difference = (r: number) => network.i32[places.biasesAt + r] - old[r];
  const bits = biasBitsOf(valueBits);
  const widths = new Widths();
  for (let r = 0; r < length; r++) widths.add(difference(r));
  const biasShift = widths.shift(bits, 0, maxBiasShift(valueBits));
  const biases = Int16Array.from(old, (_, r) => shorten(difference(r), biasShift, bits, seed, r));
  return { biases, biasShift };
}
