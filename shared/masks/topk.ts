/**
 * Exact top-k by magnitude: of n values the k largest |value|, ties to the lower index, by
 * counting instead of sorting. Two passes count magnitudes (their high bits, then the low bits of
 * the one bin in which the k-th largest lies) and give a threshold; a third pass takes everything
 * above the threshold and the first few equal to it. O(n) and no allocation.
 *
 * Every pass works on any part of the values, so that a caller with a short time slice stops
 * between blocks. Between calls all there is to know stays in `state`, an Int32Array of TOPK_STATE
 * elements that the caller owns:
 *
 *     topkBegin(state, k);
 *     for each block  topkCountHigh(state, values, start, end);   // in any order
 *     topkFindBin(state);
 *     for each block  topkCountLow(state, values, start, end);    // in any order
 *     topkFindThreshold(state);
 *     for each block  taken += topkTake(out, taken, k - taken, state, values, start, end, position);  // ascending
 *
 * Magnitudes may reach TOPK_MAX: int8, uint8, int16 (-32,768 as well) and differences of two int16
 * held in int32. They are taken as (v ^ sign) - sign with sign = v >> 31, which is exact there: a branch
 * on the sign, as good as random, made every pass three times as slow in Node.
 * The passes are in count.ts and take.ts.
 * @module
 */
import {
  HIGH_BINS,
  LOW_BINS,
  LOW_BITS,
  TOPK_BIN,
  TOPK_THRESHOLD,
  TOPK_TIES,
  type TopkValues,
  topkCountHigh,
  topkCountLow,
  topkDescend,
} from './count.js';
import { topkTake } from './take.js';

/** Work of one value in one pass, in multiply-accumulates: measured on desktop XS against a dense layer's. */
export const SCAN_MACS = 3;

/**
 * Begins a selection.
 *
 * @param state int32 [TOPK_STATE] overwritten
 * @param k     how many values to select, 0 to the number of values
 */
export function topkBegin(state: Int32Array, k: number): void {
  state.fill(0);
  state[TOPK_TIES] = k;
}

/**
 * Between the passes: finds the bin of the k-th largest magnitude.
 * @throws RangeError when k is larger than the number of values counted
 */
export function topkFindBin(state: Int32Array): void {
  state[TOPK_BIN] = descend(state, HIGH_BINS - 1);
  state.fill(0, 0, LOW_BINS);
}

/** After pass 2: sets state[TOPK_THRESHOLD] and state[TOPK_TIES]. */
export function topkFindThreshold(state: Int32Array): void {
  state[TOPK_THRESHOLD] = (state[TOPK_BIN] << LOW_BITS) | descend(state, LOW_BINS - 1);
}

/**
 * A magnitude below the threshold where that is expected near `guess`: little, since all values above it are looked at
 * again; thresholds of a training rise, or fall by less than a thirtieth.
 * @param guess 1 to TOPK_MAX
 */
export function topkFloor(guess: number): number {
  return Math.max(0, guess - Math.min(LOW_BINS / 2, 1 + (guess >> 5)));
}

/**
 * In place of passes 1 and 2, after counting by bin, bin 0 is `floor`, and counting what lies above the bins into
 * state[TOPK_BIN]: sets threshold and ties if the k-th largest magnitude lies in a bin. If not, begin anew: the result is
 * the same, with or without a guess.
 */
export function topkFindFrom(state: Int32Array, floor: number): boolean {
  const rank = state[TOPK_TIES] - state[TOPK_BIN];
  if (rank <= 0) return false;
  state[TOPK_TIES] = rank;
  const bin = topkDescend(state, LOW_BINS - 1);
  state[TOPK_THRESHOLD] = floor + bin;
  return bin >= 0;
}

/**
 * Both counting passes over values[offset..offset + n) at once: leaves the threshold in
 * state[TOPK_THRESHOLD] and the number of ties to keep in state[TOPK_TIES].
 * @throws RangeError when k > n
 */
export function topkThreshold(
  state: Int32Array,
  values: TopkValues,
  offset: number,
  n: number,
  k: number,
): void {
  topkBegin(state, k);
  topkCountHigh(state, values, offset, offset + n);
  topkFindBin(state);
  topkCountLow(state, values, offset, offset + n);
  topkFindThreshold(state);
}

/**
 * The whole selection at once: out[0..k) = the positions, 0 to n - 1 ascending, of the k largest
 * of |values[offset..offset + n)|.
 * @throws RangeError when k > n
 */
export function selectTopk(
  out: Uint32Array,
  state: Int32Array,
  values: TopkValues,
  offset: number,
  n: number,
  k: number,
): void {
  topkThreshold(state, values, offset, n, k);
  topkTake(out, 0, k, state, values, offset, offset + n, 0);
}

/** @throws RangeError when there are fewer values than the rank */
function descend(state: Int32Array, top: number): number {
  const bin = topkDescend(state, top);
  if (bin < 0) {
    throw new RangeError(`k exceeds the values by ${state[TOPK_TIES]}, expected at most all of them`);
  }
  return bin;
}
