/**
 * The counting passes of top-k (topk.ts), and the walk through what they counted. They run over every weight at
 * every choice, so they are written in the subset that is translated to C, as the kernels are.
 * @module
 */

export type TopkValues = Int8Array | Uint8Array | Int16Array | Int32Array;

export const LOW_BITS = 9;
export const LOW_BINS = 1 << LOW_BITS;
export const HIGH_BINS = 256;

/** The largest magnitude that can be counted: 131,071. */
export const TOPK_MAX = HIGH_BINS * LOW_BINS - 1;

/** Place in `state`: the high bits of the threshold, set by topkFindBin; with a guess how many lie above the bins. */
export const TOPK_BIN = LOW_BINS;

/** Place in `state`, set by topkFindThreshold: every magnitude above it is among the k. */
export const TOPK_THRESHOLD = LOW_BINS + 1;

/** Place in `state`: how many magnitudes equal to the threshold are among the k; topkTake counts it down. */
export const TOPK_TIES = LOW_BINS + 2;

/** Elements of `state`: one count per bin of the finer pass, then the three places above. */
export const TOPK_STATE = LOW_BINS + 3;

/**
 * Pass 1: counts the high bits of |values[start..end)|, magnitudes up to TOPK_MAX.
 * @param state  int32 [TOPK_STATE]
 * @param values [end]
 * @param start  0 to end
 */
export function topkCountHigh(state: Int32Array, values: TopkValues, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const sign = values[i] >> 31;
    state[((values[i] ^ sign) - sign) >> LOW_BITS]++;
  }
}

/**
 * Pass 2, over the same values: counts the low bits of those in the bin.
 * @param state  int32 [TOPK_STATE]
 * @param values [end]
 * @param start  0 to end
 */
export function topkCountLow(state: Int32Array, values: TopkValues, start: number, end: number): void {
  const bin = state[TOPK_BIN];
  for (let i = start; i < end; i++) {
    const sign = values[i] >> 31;
    const magnitude = (values[i] ^ sign) - sign;
    if (magnitude >> LOW_BITS === bin) state[magnitude & (LOW_BINS - 1)]++;
  }
}

/**
 * Walks down the counts till the wanted rank, state[TOPK_TIES], lies in a bin; what is left of the rank there is
 * the new one.
 * @param state int32 [TOPK_STATE]
 * @param top   0 to LOW_BINS - 1: the bin to begin with
 * @returns the bin; -1 when there are fewer
 */
export function topkDescend(state: Int32Array, top: number): number {
  let rank = state[TOPK_TIES];
  let bin = top;
  while (bin >= 0 && state[bin] < rank) {
    rank -= state[bin];
    bin--;
  }
  state[TOPK_TIES] = rank;
  return bin;
}
