/**
 * The largest weights of a model: the reference mask against which updates code their positions.
 * A board reads them from flash in blocks, a server from memory; both get the same places.
 * @module
 */
import { topkInBlocks } from '../masks/blocks.js';
import type { ModelSource } from './model.js';

/** Weights read at once. */
const BLOCK = 256;

/**
 * Places of the `count` largest |weights| of a layer, ascending, ties to the lower place. Yields the
 * work of three passes over the layer.
 */
export function largestWeights(
  source: ModelSource,
  layer: number,
  count: number,
): Generator<number, Uint32Array> {
  const { offset, length } = source.head.layout.layers[layer].weights;
  const bytes = new Uint8Array(2 * BLOCK);
  const block = new Int16Array(bytes.buffer);
  return topkInBlocks(block, length, count, (from, n) => {
    source.readParameters(offset + 2 * from, bytes.subarray(0, 2 * n));
  });
}
