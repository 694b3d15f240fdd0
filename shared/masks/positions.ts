/**
 * The wire coding of a set of positions among n weights. The encoder takes the shortest of these,
 * the lowest code of equals; the decoder accepts any of them, strictly.
 *
 * | code | bytes                                               | shortest for |
 * |------|-----------------------------------------------------|--------------|
 * | –    | none at all                                         | all n positions |
 * | 1    | code, bitmap of n bits                              | about half of them |
 * | 2    | code, k, Rice gaps of the positions                 | few |
 * | 3    | code, k, Rice gaps of the missing positions         | nearly all |
 * | 4    | code, the change from a reference (see `change.ts`) | a set near the reference |
 *
 * (Rice gaps with k = 0 are a bitmap that ends at its last position; the real one is read faster.)
 * The count of positions is not in these bytes: the caller knows it.
 * @module
 */
import { bitmapBytes, countBits, readPositions, setPositions } from './bitmap.js';
import { changeBytes, changeFrom, readChange, writeChange } from './change.js';
import { MaskError } from './error.js';
import { bestRice, expectEnd, gapBits, readGaps, readRice, writeGaps } from './rice.js';

const BITMAP = 1;
const GAPS = 2;
const COMPLEMENT = 3;
const CHANGE = 4;

const BITMAP_HEAD = 1;
const GAPS_HEAD = 2;
const CHANGE_HEAD = 1;

/**
 * @param positions ascending, below n; 'all' is the same as all n of them
 * @param n         1 to 2^28
 * @param reference ascending, below n; without one, code 4 is not considered
 * @throws RangeError when the positions do not ascend or one is not below n
 */
export function encodePositions(
  positions: Uint32Array | 'all',
  n: number,
  reference?: Uint32Array,
): Uint8Array {
  if (positions === 'all') return new Uint8Array(0);
  checkAscending(positions, n);
  if (positions.length === n) return new Uint8Array(0);

  let code = BITMAP;
  let bytes = BITMAP_HEAD + bitmapBytes(n);

  const k = bestRice(positions);
  if (gapsBytes(positions, k) < bytes) {
    code = GAPS;
    bytes = gapsBytes(positions, k);
  }

  // below one half the missing positions are more than the positions
  const missing = 2 * positions.length > n ? complementOf(positions, n) : undefined;
  const missingK = missing === undefined ? 0 : bestRice(missing);
  if (missing !== undefined && gapsBytes(missing, missingK) < bytes) {
    code = COMPLEMENT;
    bytes = gapsBytes(missing, missingK);
  }

  const change = reference === undefined ? undefined : changeFrom(reference, positions);
  if (change !== undefined && CHANGE_HEAD + changeBytes(change) < bytes) {
    code = CHANGE;
    bytes = CHANGE_HEAD + changeBytes(change);
  }

  const out = new Uint8Array(bytes);
  out[0] = code;
  if (code === BITMAP) setPositions(out.subarray(BITMAP_HEAD), positions);
  else if (code === GAPS) writeGapList(out, positions, k);
  else if (code === COMPLEMENT) writeGapList(out, missing!, missingK);
  else writeChange(out.subarray(CHANGE_HEAD), change!);
  return out;
}

/**
 * @param bytes     what encodePositions gave, exactly
 * @param n         as it was encoded, 1 to 2^28
 * @param count     how many positions there are, 0 to n
 * @param reference as it was encoded
 * @returns ascending positions, or 'all' when there are no bytes
 * @throws MaskError when the bytes are not `count` positions below n, are too few or too many, or have
 *   a bit set in their padding
 */
export function decodePositions(
  bytes: Uint8Array,
  n: number,
  count: number,
  reference?: Uint32Array,
): Uint32Array | 'all' {
  if (bytes.length === 0) {
    if (count !== n) throw new MaskError(`no position bytes for ${count} of ${n}, expected all`);
    return 'all';
  }
  if (bytes[0] === BITMAP) return readBitmap(bytes, n, count);
  if (bytes[0] === GAPS) return readGapList(bytes, n, count);
  if (bytes[0] === COMPLEMENT) return complementOf(readGapList(bytes, n, n - count), n);
  if (bytes[0] === CHANGE) {
    return readChange(bytes.subarray(CHANGE_HEAD), n, count, reference);
  }
  throw new MaskError(`position code ${bytes[0]}, expected ${BITMAP} to ${CHANGE}`);
}

function checkAscending(positions: Uint32Array, n: number): void {
  let next = 0;
  for (let i = 0; i < positions.length; i++) {
    if (positions[i] < next || positions[i] >= n) {
      throw new RangeError(`position ${positions[i]} at ${i}, expected ${next} to ${n - 1}`);
    }
    next = positions[i] + 1;
  }
}

/** All positions below n that are not in the list. */
function complementOf(positions: Uint32Array, n: number): Uint32Array {
  const out = new Uint32Array(n - positions.length);
  let to = 0;
  let next = 0;
  for (let i = 0; i < positions.length; i++) {
    while (next < positions[i]) out[to++] = next++;
    next++;
  }
  while (next < n) out[to++] = next++;
  return out;
}

// Code 1: code, bitmap.

function readBitmap(bytes: Uint8Array, n: number, count: number): Uint32Array {
  const bitmap = bytes.subarray(BITMAP_HEAD);
  expectEnd(bytes, 8 * BITMAP_HEAD + n);
  const found = countBits(bitmap);
  if (found !== count) throw new MaskError(`bitmap of ${found} positions, expected ${count}`);
  const out = new Uint32Array(count);
  readPositions(out, bitmap);
  return out;
}

// Codes 2 and 3: code, k, gaps.

function gapsBytes(places: Uint32Array, k: number): number {
  return GAPS_HEAD + bitmapBytes(gapBits(places, k));
}

function writeGapList(out: Uint8Array, places: Uint32Array, k: number): void {
  out[1] = k;
  writeGaps(out, 8 * GAPS_HEAD, places, k);
}

function readGapList(bytes: Uint8Array, n: number, count: number): Uint32Array {
  expectHead(bytes, GAPS_HEAD);
  const k = readRice(bytes[1]);
  const out = new Uint32Array(count);
  expectEnd(bytes, readGaps(out, bytes, 8 * GAPS_HEAD, k, n));
  return out;
}

function expectHead(bytes: Uint8Array, head: number): void {
  if (bytes.length < head) throw new MaskError(`${bytes.length} position bytes, expected at least ${head}`);
}
