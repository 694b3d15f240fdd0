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

/** Memory that a choice works in, of any content. */
export interface ChoiceMemory {
  readonly state: Int32Array; // TOPK_STATE
  readonly block: Int16Array; // weights read at once at most
}

/** Weights read at once where nothing else is said. */
const BLOCK = 512;

function newChoiceMemory(): ChoiceMemory {
  return { state: new Int32Array(TOPK_STATE), block: new Int16Array(BLOCK) };
}

/**
 * Places of the `count` largest |weights| of a layer, ascending, ties to the lower place. Yields the
 * work of three passes over the layer.
 */
export function largestWeights(
  source: ModelSource,
  layer: number,
  count: number,
  pace: Pace,
  { state, block }: ChoiceMemory = newChoiceMemory(),
): Generator<number, Uint32Array> {
  const { offset, length } = source.head.layout.layers[layer].weights;
  const size = Math.min(block.length, length, pace.elements(SCAN_MACS));
  const bytes = new Uint8Array(block.buffer, block.byteOffset, 2 * size);
  const read = (from: number, n: number) => {
    source.readParameters(offset + 2 * from, n === size ? bytes : bytes.subarray(0, 2 * n));
    return 0;
  };
  return topkInBlocks(state, { length, values: block, size, read }, count, pace);
}
