/**
 * Writing ascending places as Rice coded gaps, and what it takes: see rice.ts for the code. These loops run over
 * every position of an update, so they are written in the subset that is translated to C.
 * @module
 */
import { writeRice } from '../fixed/ricebits.js';

/**
 * How many bits writeGaps takes for places[from..to).
 *
 * @param places uint32 [to] ascending, below 2^28
 * @param k      0 to 23, MAX_RICE
 * @param from   0 to to
 */
export function gapBits(places: Uint32Array, k: number, from: number, to: number): number {
  let bits = (to - from) * (k + 1);
  let next = 0;
  if (from > 0) next = places[from - 1] + 1;
  for (let i = from; i < to; i++) {
    const place = places[i];
    bits += (place - next) >> k;
    next = place + 1;
  }
  return bits;
}

/**
 * Writes the gaps of ascending places[from..to) from bit `at` on.
 *
 * @param bytes  uint8 [room] all zero from bit `at` on
 * @param room   bytes: what does not fit is lost
 * @param at     0 to 2147483647
 * @param places uint32 [to] ascending, below 2^28
 * @param k      0 to 23, MAX_RICE
 * @param from   0 to to
 * @returns the bit after the last one
 */
export function writeGaps(
  bytes: Uint8Array,
  room: number,
  at: number,
  places: Uint32Array,
  k: number,
  from: number,
  to: number,
): number {
  let bit = at;
  let next = 0;
  if (from > 0) next = places[from - 1] + 1;
  for (let i = from; i < to; i++) {
    const place = places[i];
    bit = writeRice(bytes, room, bit, place - next, k);
    next = place + 1;
  }
  return bit;
}
