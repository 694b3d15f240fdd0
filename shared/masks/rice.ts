/**
 * Ascending places as Rice coded gaps: for each place the number of places skipped since the last
 * one, as (gap >> k) zeros, a one, and the k low bits of the gap. Bits fill each byte from its lowest
 * bit upwards. A place in the stream is a bit offset, so that several lists can follow one another.
 *
 * For a random mask of density p the gaps are geometric, and Rice coding with the best k comes within
 * 2.5 % of their entropy between 1 % and 50 %.
 * Source: R. F. Rice, "Some practical universal noiseless coding techniques", JPL 79-22, 1979.
 * @module
 */
import { MAX_RICE } from '../fixed/ricebits.js';
import { MaskError } from './error.js';
import { gapBits, writeGaps } from './gaps.js';
import type { Pace } from './pace.js';

/** Ascending places, and the k with which their gaps take the fewest bits. */
export interface GapList {
  readonly places: Uint32Array;
  readonly k: number; // 0 to MAX_RICE, the smallest of equals
  readonly bits: number;
}

/** Work per place, see work.ts. */
const COUNT_MACS = 2;
const WRITE_MACS = 6;

/**
 * Finds the k, from 0 to MAX_RICE. Yields work.
 *
 * From k to k + 1 the cost changes by the number of gaps less the sum of ceil((gap >> k) / 2). That sum
 * falls with k, so the cost is convex and a walk downhill from the usual guess ends at the minimum.
 */
export function* bestGaps(places: Uint32Array, pace: Pace): Generator<number, GapList> {
  const count = places.length;
  if (count === 0) return { places, k: 0, bits: 0 };
  const meanGap = Math.floor((places[count - 1] + 1 - count) / count);
  let k = Math.min(MAX_RICE, 31 - Math.clz32(meanGap | 1));
  let bits = yield* totalBits(places, k, pace);
  for (let down = k; down > 0; ) {
    const fewer = yield* totalBits(places, --down, pace);
    if (fewer > bits) break;
    bits = fewer;
    k = down;
  }
  for (let up = k; up < MAX_RICE; ) {
    const fewer = yield* totalBits(places, ++up, pace);
    if (fewer >= bits) break;
    bits = fewer;
    k = up;
  }
  return { places, k, bits };
}

/**
 * Writes a whole list from bit `at` on. Yields work.
 * @param bytes all zero from bit `at` on, with room for its bits
 */
export function* writeGapList(
  bytes: Uint8Array,
  at: number,
  { places, k }: GapList,
  pace: Pace,
): Generator<number, void> {
  const piece = pace.elements(WRITE_MACS);
  let bit = at;
  for (let from = 0; from < places.length; from += piece) {
    const to = Math.min(places.length, from + piece);
    bit = writeGaps(bytes, bytes.length, bit, places, k, from, to);
    if (pace.isDue((to - from) * WRITE_MACS)) yield pace.take();
  }
}

function* totalBits(places: Uint32Array, k: number, pace: Pace): Generator<number, number> {
  const piece = pace.elements(COUNT_MACS);
  let bits = 0;
  for (let from = 0; from < places.length; from += piece) {
    const to = Math.min(places.length, from + piece);
    bits += gapBits(places, k, from, to);
    if (pace.isDue((to - from) * COUNT_MACS)) yield pace.take();
  }
  return bits;
}

/** A word of 32 bits, read from the byte of its first bit, holds at least this many bits from there on. */
const WORD_BITS = 25;

/**
 * Reads as many places as `out` has room for, from bit `at` on.
 *
 * Nearly every two gaps lie whole in one word, and are read without a branch on their bits, which no
 * processor could foresee. A gap whose neighbour does not fit is read alone; one that does not lie in a
 * word, or begins in the last three bytes, byte by byte.
 * @param out uint32 [count] overwritten, ascending, each below n
 * @param n   at most 2^31 - 1
 * @returns the bit after the last one read
 * @throws MaskError when the bytes end too soon or a place is not below n
 */
export function readGaps(out: Uint32Array, bytes: Uint8Array, at: number, k: number, n: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const last = out.length - 1;
  const lastWord = bytes.length - 4;
  const low = (1 << k) - 1;
  const maxQuotient = n >>> k;
  const mostZeros = Math.min(WORD_BITS - 1 - k, maxQuotient);
  const mostZerosOfTwo = WORD_BITS - 2 - 2 * k;
  let bit = at;
  let next = 0;
  let i = 0;
  while (i <= last) {
    const byte = bit >>> 3;
    const word = byte <= lastWord ? view.getInt32(byte, true) >> (bit & 7) : 0;
    let quotient = 31 - Math.clz32(word & -word); // -1 where no bit is set
    let rest = word >> (quotient + 1);
    const word2 = rest >> k;
    const quotient2 = 31 - Math.clz32(word2 & -word2);
    const place = next + ((quotient << k) | (rest & low));
    const place2 = place + 1 + ((quotient2 << k) | ((word2 >> (quotient2 + 1)) & low));
    const areWhole = (quotient | quotient2) >= 0 && quotient + quotient2 <= mostZerosOfTwo;
    if (areWhole && place2 < n && i < last) {
      out[i] = place;
      out[i + 1] = place2;
      next = place2 + 1;
      bit += quotient + quotient2 + 2 * (k + 1);
      i += 2;
      continue;
    }
    if (quotient < 0 || quotient > mostZeros) {
      quotient = countZeros(bytes, bit);
      if (quotient < 0) throw new MaskError(`gap ${i} of ${last + 1} beyond the end, expected more bytes`);
      if (quotient > maxQuotient) throw new MaskError(`gap ${i} too large, expected places below ${n}`);
      rest = wordAt(bytes, bit + quotient + 1);
    }
    next += ((quotient << k) | (rest & low)) + 1;
    if (next > n) throw new MaskError(`place ${next - 1}, expected below ${n}`);
    out[i++] = next - 1;
    bit += quotient + 1 + k;
  }
  const missing = bit - 8 * bytes.length;
  if (missing > 0) throw new MaskError(`last gap beyond the end, expected ${missing} more bits`);
  return bit;
}

/** Zeros from a bit on up to the next one; -1 where no one follows. */
function countZeros(bytes: Uint8Array, bit: number): number {
  let byte = bit >>> 3;
  let rest = bytes[byte] >> (bit & 7); // 0 beyond the end
  let start = bit;
  while (rest === 0) {
    byte++;
    if (byte >= bytes.length) return -1;
    rest = bytes[byte];
    start = 8 * byte;
  }
  return start + 31 - Math.clz32(rest & -rest) - bit;
}

/** The WORD_BITS bits from a bit on, lowest first, and some more; beyond the end come zeros. */
function wordAt(bytes: Uint8Array, bit: number): number {
  const byte = bit >>> 3;
  let word = 0;
  for (let i = 0; i < 4; i++) word |= bytes[byte + i] << (8 * i);
  return word >> (bit & 7);
}

/**
 * Reads a k written as one byte.
 * @throws MaskError above MAX_RICE
 */
export function readRice(k: number): number {
  if (k > MAX_RICE) throw new MaskError(`Rice parameter ${k}, expected 0 to ${MAX_RICE}`);
  return k;
}

/**
 * A stream must end in the byte of its last bit, and the bits after that be zero.
 * @param end the bit after the last one
 * @throws MaskError
 */
export function expectEnd(bytes: Uint8Array, end: number): void {
  const length = (end + 7) >>> 3;
  if (bytes.length !== length) throw new MaskError(`${bytes.length} position bytes, expected ${length}`);
  if ((end & 7) !== 0 && bytes[length - 1] >> (end & 7) !== 0) {
    throw new MaskError(`padding bits of byte ${length - 1} set, expected 0`);
  }
}
