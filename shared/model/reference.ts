/**
 * The largest weights of a model: the reference mask against which updates code their positions.
 * A board reads them from flash in blocks, a server from memory; both get the same places.
 * @module
 */
import { topkInBlocks } from '../masks/blocks.js';
import { TOPK_STATE } from '../masks/count.js';
import type { Pace } from '../masks/pace.js';
import { SCAN_MACS } from '../masks/topk.js';
import type { ModelSource } from './model.js';

/** Most weights read at once. */
const BLOCK = 512;

/**
 * Places of the `count` largest |weights| of a layer, ascending, ties to the lower place. Yields the
 * work of three passes over the layer.
 */
export function largestWeights(
  source: ModelSource,
  layer: number,
  count: number,
  pace: Pace,
): Generator<number, Uint32Array> {
  const { offset, length } = source.head.layout.layers[layer].weights;
  const size = Math.min(BLOCK, length, pace.elements(SCAN_MACS));
  const values = new Int16Array(size);
  const bytes = new Uint8Array(values.buffer);
  const read = (from: number, n: number) => {
    source.readParameters(offset + 2 * from, n === size ? bytes : bytes.subarray(0, 2 * n));
    return 0;
  };
  return topkInBlocks(new Int32Array(TOPK_STATE), { length, values, size, read }, count, pace);
}
