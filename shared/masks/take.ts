/**
 * What top-k takes once the threshold is known (topk.ts): it runs over every weight, so it is written in the
 * subset that is translated to C.
 * @module
 */
import { TOPK_THRESHOLD, TOPK_TIES, type TopkValues } from './count.js';

/**
 * Pass 3, over the same values with indices ascending from block to block: writes the position of each
 * selected value, ascending.
 *
 * @param out      uint32 [room]
 * @param room     no more than these are taken, whatever the threshold
 * @param state    int32 [TOPK_TIES + 1]
 * @param values   [end]
 * @param start    0 to end
 * @param position 0 to 134217727: of values[start]; that of values[i] is position + i - start
 * @returns how many positions this block gave
 */
export function topkTake(
  out: Uint32Array,
  outAt: number,
  room: number,
  state: Int32Array,
  values: TopkValues,
  start: number,
  end: number,
  position: number,
): number {
  const threshold = state[TOPK_THRESHOLD];
  const shift = position - start;
  let ties = state[TOPK_TIES];
  let taken = 0;
  for (let i = start; i < end; i++) {
    const v = values[i];
    if (v < threshold && v > -threshold) continue; // most
    if (v === threshold || v === -threshold) {
      if (ties === 0) continue;
      ties--;
    }
    if (taken === room) break;
    out[outAt + taken] = i + shift;
    taken++;
  }
  state[TOPK_TIES] = ties;
  return taken;
}
