/**
 * The largest weights of a model: the reference mask against which updates code their positions.
 * A board reads them from flash in blocks, a server from memory; both get the same places.
 * @module
 */
import {
  SCAN_MACS,
  TOPK_STATE,
  topkBegin,
  topkCountHigh,
  topkCountLow,
  topkFindBin,
  topkFindThreshold,
  topkTake,
} from '../masks/topk.js';
import type { ModelSource } from './model.js';

/** Weights read at once. */
const BLOCK = 256;

/**
 * Places of the `count` largest |weights| of a layer, ascending, ties to the lower place. Yields the
 * work of three passes over the layer.
 */
export function* largestWeights(
  source: ModelSource,
  layer: number,
  count: number,
): Generator<number, Uint32Array> {
  const { offset, length } = source.head.layout.layers[layer].weights;
  const bytes = new Uint8Array(2 * BLOCK);
  const block = new Int16Array(bytes.buffer);
  const state = new Int32Array(TOPK_STATE);
  const places = new Uint32Array(count);
  const read = (from: number): number => {
    const n = Math.min(BLOCK, length - from);
    source.readParameters(offset + 2 * from, bytes.subarray(0, 2 * n));
    return n;
  };
  topkBegin(state, count);
  for (let from = 0; from < length; from += BLOCK) {
    const n = read(from);
    topkCountHigh(state, block, 0, n);
    yield n * SCAN_MACS;
  }
  topkFindBin(state);
  for (let from = 0; from < length; from += BLOCK) {
    const n = read(from);
    topkCountLow(state, block, 0, n);
    yield n * SCAN_MACS;
  }
  topkFindThreshold(state);
  let taken = 0;
  for (let from = 0; from < length; from += BLOCK) {
    const n = read(from);
    taken += topkTake(places, taken, state, block, 0, n, from);
    yield n * SCAN_MACS;
  }
  return places;
}
