/**
 * The wire coding of a set of positions among n weights. The encoder takes the shortest of these,
 * the lowest code of equals; the decoder accepts any of them, strictly.
 *
 * | code | bytes                                               | shortest for |
 * |------|-----------------------------------------------------|--------------|
 * | –    | none at all                                         | all n positions; the reference itself |
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
import { type Change, changeBytes, changeFrom, readChange, writeChange } from './change.js';
import { MaskError } from './error.js';
import { bestGaps, expectEnd, type GapList, readGaps, readRice, writeGapList } from './rice.js';
import { finish, inPieces } from './work.js';

const BITMAP = 1;
const GAPS = 2;
const COMPLEMENT = 3;
const CHANGE = 4;

const BITMAP_HEAD = 1;
const GAPS_HEAD = 2;
const CHANGE_HEAD = 1;

/** Work per place, see work.ts. */
const CHECK_MACS = 2;
const LIST_MACS = 2;
const SET_MACS = 3;

/**
 * Yields work, see work.ts.
 * @param positions ascending, below n; 'all' is the same as all n of them
 * @param n         1 to 2^28
 * @param reference ascending, below n; without one, code 4 is not considered
 * @param sliceMacs most work between two yields; changes no byte
 * @throws RangeError when the positions do not ascend or one is not below n
 */
export function* encodePositions(
  positions: Uint32Array | 'all',
  n: number,
  reference: Uint32Array | undefined,
  sliceMacs: number,
): Generator<number, Uint8Array> {
  if (positions === 'all') return new Uint8Array(0);
  yield* checkAscending(positions, n, sliceMacs);
  if (positions.length === n) return new Uint8Array(0);

  let code = BITMAP;
  let bytes = BITMAP_HEAD + bitmapBytes(n);

  const gaps = yield* bestGaps(positions, sliceMacs);
  if (gapsBytes(gaps) < bytes) {
    code = GAPS;
    bytes = gapsBytes(gaps);
  }

  // below one half the missing positions are more than the positions
  let missing: GapList | undefined;
  if (2 * positions.length > n) {
    missing = yield* bestGaps(yield* missingPositions(positions, n, sliceMacs), sliceMacs);
    if (gapsBytes(missing) < bytes) {
      code = COMPLEMENT;
      bytes = gapsBytes(missing);
    }
  }

  let change: Change | undefined;
  if (reference !== undefined) {
    change = yield* changeFrom(reference, positions, sliceMacs);
    if (CHANGE_HEAD + changeBytes(change) < bytes) {
      code = CHANGE;
      bytes = CHANGE_HEAD + changeBytes(change);
    }
  }

  const out = new Uint8Array(bytes);
  out[0] = code;
  if (code === BITMAP) yield* writeBitmap(out, positions, sliceMacs);
  else if (code === GAPS) yield* writeGapsAndK(out, gaps, sliceMacs);
  else if (code === COMPLEMENT) yield* writeGapsAndK(out, missing!, sliceMacs);
  else yield* writeChange(out.subarray(CHANGE_HEAD), change!, sliceMacs);
  return out;
}

/**
 * @param bytes     what encodePositions gave, exactly
 * @param n         as it was encoded, 1 to 2^28
 * @param count     how many positions there are, 0 to n
 * @param reference as it was encoded
 * @returns ascending positions; when there are no bytes 'all', or the very reference
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
    if (count === n) return 'all';
    if (reference?.length === count) return reference;
    throw new MaskError(`no position bytes for ${count} of ${n}, expected all or those of the reference`);
  }
  if (bytes[0] === BITMAP) return readBitmap(bytes, n, count);
  if (bytes[0] === GAPS) return readGapsAndK(bytes, n, count);
  if (bytes[0] === COMPLEMENT) {
    return finish(missingPositions(readGapsAndK(bytes, n, n - count), n, Number.POSITIVE_INFINITY));
  }
  if (bytes[0] === CHANGE) {
    return readChange(bytes.subarray(CHANGE_HEAD), n, count, reference);
  }
  throw new MaskError(`position code ${bytes[0]}, expected ${BITMAP} to ${CHANGE}`);
}

function* checkAscending(positions: Uint32Array, n: number, sliceMacs: number): Generator<number, void> {
  let next = 0;
  yield* inPieces(positions.length, CHECK_MACS, sliceMacs, (from, to) => {
    for (let i = from; i < to; i++) {
      const position = positions[i];
      if (position < next || position >= n) {
        throw new RangeError(`position ${position} at ${i}, expected ${next} to ${n - 1}`);
      }
      next = position + 1;
    }
  });
}

/** All positions below n that are not in the list. Yields work. */
function* missingPositions(
  positions: Uint32Array,
  n: number,
  sliceMacs: number,
): Generator<number, Uint32Array> {
  const missing = new Uint32Array(n - positions.length);
  let listed = 0; // positions below
  yield* inPieces(n, LIST_MACS, sliceMacs, (from, to) => {
    listed = listMissing(missing, positions, listed, from, to);
  });
  return missing;
}

/**
 * Those of places from to to - 1 that are not in the list.
 * @param listed how many positions are below `from`
 * @returns how many are below `to`
 */
function listMissing(
  missing: Uint32Array,
  positions: Uint32Array,
  listed: number,
  from: number,
  to: number,
): number {
  let i = listed;
  for (let place = from; place < to; place++) {
    if (i < positions.length && positions[i] === place) i++;
    else missing[place - i] = place;
  }
  return i;
}

// Code 1: code, bitmap.

function writeBitmap(out: Uint8Array, positions: Uint32Array, sliceMacs: number): Generator<number, void> {
  const bitmap = out.subarray(BITMAP_HEAD);
  return inPieces(positions.length, SET_MACS, sliceMacs, (from, to) => {
    setPositions(bitmap, positions.subarray(from, to));
  });
}

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

function gapsBytes({ bits }: GapList): number {
  return GAPS_HEAD + bitmapBytes(bits);
}

function writeGapsAndK(out: Uint8Array, gaps: GapList, sliceMacs: number): Generator<number, void> {
  out[1] = gaps.k;
  return writeGapList(out, 8 * GAPS_HEAD, gaps, sliceMacs);
}

function readGapsAndK(bytes: Uint8Array, n: number, count: number): Uint32Array {
  expectHead(bytes, GAPS_HEAD);
  const k = readRice(bytes[1]);
  const out = new Uint32Array(count);
  expectEnd(bytes, readGaps(out, bytes, 8 * GAPS_HEAD, k, n));
  return out;
}

function expectHead(bytes: Uint8Array, head: number): void {
  if (bytes.length < head) throw new MaskError(`${bytes.length} position bytes, expected at least ${head}`);
}
