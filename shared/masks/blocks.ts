/**
 * Exact top-k over values that do not lie in memory together: each of the three passes reads them
 * again, block by block, from flash or from wherever the caller has them.
 * @module
 */
import { type TopkValues, topkCountHigh, topkCountLow } from './count.js';
import type { Pace } from './pace.js';
import { topkTake } from './take.js';
import { SCAN_MACS, topkBegin, topkFindBin, topkFindThreshold } from './topk.js';

export interface TopkBlocks {
  readonly length: number; // values in all
  readonly values: TopkValues; // where a block lies when it was read
  readonly size: number; // values of a block, the last may have fewer
  /** Gets values from to from + n - 1; they stay till the next call. @returns where in `values` they begin */
  read(from: number, n: number): number;
}

/**
 * Places of the k largest |values|, ascending, ties to the lower place. Yields the work of three passes.
 *
 * @param state int32 [TOPK_STATE] overwritten
 * @param k     0 to length
 */
export function* topkInBlocks(
  state: Int32Array,
  blocks: TopkBlocks,
  k: number,
  pace: Pace,
): Generator<number, Uint32Array> {
  const { values, length, size } = blocks;
  const places = new Uint32Array(k);
  let taken = 0;
  let at = 0;
  topkBegin(state, k);
  for (let pass = 1; pass <= 3; pass++) {
    for (let from = 0; from < length; from += size) {
      const n = Math.min(size, length - from);
      if (pass === 1 || n < length) at = blocks.read(from, n); // one block is still there
      if (pass === 1) topkCountHigh(state, values, at, at + n);
      else if (pass === 2) topkCountLow(state, values, at, at + n);
      else taken += topkTake(places, taken, k - taken, state, values, at, at + n, from);
      if (pace.isDue(n * SCAN_MACS)) yield pace.take();
    }
    if (pass === 1) topkFindBin(state);
    else if (pass === 2) topkFindThreshold(state);
  }
  return places;
}
