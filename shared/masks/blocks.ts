/**
 * Exact top-k over values that do not lie in memory together: each of the three passes reads them
 * again, block by block, from flash or from wherever the caller has them.
 * @module
 */
import { TOPK_STATE, type TopkValues, topkCountHigh, topkCountLow } from './count.js';
import { SCAN_MACS, topkBegin, topkFindBin, topkFindThreshold, topkTake } from './topk.js';

/**
 * Places of the k largest |values|, ascending, ties to the lower place. Yields the work of three passes.
 *
 * @param block  what `read` fills; its length is the size of a block
 * @param length values in all
 * @param k      0 to length
 * @param read   puts values from to from + n - 1 at block[0..n)
 */
export function* topkInBlocks(
  block: TopkValues,
  length: number,
  k: number,
  read: (from: number, n: number) => void,
): Generator<number, Uint32Array> {
  const state = new Int32Array(TOPK_STATE);
  const places = new Uint32Array(k);
  function* pass(visit: (from: number, n: number) => void): Generator<number, void> {
    for (let from = 0; from < length; from += block.length) {
      const n = Math.min(block.length, length - from);
      read(from, n);
      visit(from, n);
      yield n * SCAN_MACS;
    }
  }
  topkBegin(state, k);
  yield* pass((_from, n) => topkCountHigh(state, block, 0, n));
  topkFindBin(state);
  yield* pass((_from, n) => topkCountLow(state, block, 0, n));
  topkFindThreshold(state);
  let taken = 0;
  yield* pass((from, n) => {
    taken += topkTake(places, taken, state, block, 0, n, from);
  });
  return places;
}
