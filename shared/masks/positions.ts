/**
 * The wire coding of a set of positions among n weights. The encoder takes the shortest of these,
 * the lowest code of equals; the decoder accepts any of them, strictly.
 *
 * | code | bytes                                               | shortest for |
 * |------|-----------------------------------------------------|--------------|
 * | –    | none at all                                         | all n positions; the reference itself |
 * | 1    | code, bitmap of n bits                              | about half of them |
 * | 2    | code + 8 k, Rice gaps of the positions              | few |
 * | 3    | code + 8 k, Rice gaps of the missing positions      | nearly all |
 * | 4    | code, the change from a reference (see `change.ts`) | a set near the reference |
 * | 5    | code, the grid (see `grid.ts`)                      | full and empty rows and columns |
 * | 6    | code + 8 k, the rows (see `rows.ts`)                | full and empty rows |
 *
 * The grid takes several times as long to read, so it must save one byte of GRID_SAVES: a random mask then
 * keeps its gaps. (Rice gaps with k = 0 are a bitmap that ends at its last position; the real one is read
 * faster.)
 * The count of positions is not in these bytes: the caller knows it.
 * @module
 */
import { frozen } from '../fixed/frozen.js';
import { bitmapBytes, countBits, readPositions } from './bitmap.js';
import { type Change, changeBytes, changeFrom, readChange, writeChange } from './change.js';
import { MaskError } from './error.js';
import { decodeGrid, encodeGrid, GRID_PLACES_MAX } from './grid.js';
import { findDisorder, listMissing, setBits } from './listing.js';
import { Pace } from './pace.js';
import { bestGaps, expectEnd, type GapList, readGaps, readRice, writeGapList } from './rice.js';
import { type RowList, readRows, rowsOf, writeRows } from './rows.js';
import { finish } from './work.js';

const BITMAP = 1;
const GAPS = 2;
const COMPLEMENT = 3;
const CHANGE = 4;
const GRID = 5;
const ROWS = 6;

/** The first byte: a code of so many bits, and above it the k of codes 2, 3 and 6. */
const CODE_BITS = 3;

const GRID_SAVES = 64;

/**
 * Random sets of about so much of n (or so much missing) cost 3 to 4 % more than their entropy in lists, half way
 * between two Rice codes, or between the last of them and the bitmap. The grid then stands in, in layers
 * that are large enough to matter.
 */
const WEAK_LOW = frozen([0.2, 0.225]);
const WEAK_HIGH = frozen([0.35, 0.41]);
const WEAK_PLACES = 4096;

/** Work per place, see work.ts. */
const CHECK_MACS = 2;
const LIST_MACS = 2;
const SET_MACS = 3;

/** Gives memory for so many words. */
export type Words = (count: number) => Uint32Array;

function newWords(count: number): Uint32Array {
  return new Uint32Array(count);
}

/** A set in one of these codes; without any bytes its head is 0. */
export interface CodedPositions {
  readonly head: number; // the first byte
  readonly body: Uint8Array; // what follows
}

/**
 * Yields work, see work.ts.
 * @param positions ascending, below n; 'all' is the same as all n of them
 * @param n         1 to 2^27
 * @param reference ascending, below n; without one, code 4 is not considered
 * @param pace      when to pause; changes no byte
 * @param columns   of the layer, divides n; 0 = codes 5 and 6 are not considered
 * @param withGrid  whether code 5, slow to make and to read, is considered always, or where lists are weak
 * @throws RangeError when the positions do not ascend or one is not below n
 */
export function* encodeParts(
  positions: Uint32Array | 'all',
  n: number,
  reference: Uint32Array | undefined,
  pace: Pace,
  columns = 0,
  withGrid = true,
): Generator<number, CodedPositions> {
  if (positions === 'all') return { head: 0, body: new Uint8Array(0) };
  yield* checkAscending(positions, n, pace);
  if (positions.length === n) return { head: 0, body: new Uint8Array(0) };

  let code = BITMAP;
  let bytes = bitmapBytes(n);

  const gaps = yield* bestGaps(positions, pace);
  if (bitmapBytes(gaps.bits) < bytes) {
    code = GAPS;
    bytes = bitmapBytes(gaps.bits);
  }

  // below one half the missing positions are more than the positions
  let missing: GapList | undefined;
  if (2 * positions.length > n) {
    missing = yield* bestGaps(yield* missingPositions(positions, n, pace), pace);
    if (bitmapBytes(missing.bits) < bytes) {
      code = COMPLEMENT;
      bytes = bitmapBytes(missing.bits);
    }
  }

  let change: Change | undefined;
  if (reference !== undefined) {
    change = yield* changeFrom(reference, positions, pace);
    if (changeBytes(change) < bytes) {
      code = CHANGE;
      bytes = changeBytes(change);
    }
  }

  let rows: RowList | undefined;
  if (columns > 0) {
    rows = yield* rowsOf(positions, n, columns, pace);
    if (bitmapBytes(rows.bits) < bytes) {
      code = ROWS;
      bytes = bitmapBytes(rows.bits);
    }
  }

  if (
    (withGrid || areListsWeak(positions.length, n)) &&
    columns > 0 &&
    n <= GRID_PLACES_MAX &&
    positions.length > 0
  ) {
    const most = Math.floor((bytes * (GRID_SAVES - 1)) / GRID_SAVES);
    const body = yield* encodeGrid(positions, n, columns, most, pace);
    if (body !== undefined) return { head: GRID, body };
  }

  const body = new Uint8Array(bytes);
  if (code === CHANGE) yield* writeChange(body, change!, pace);
  else if (code === BITMAP) yield* writeBitmap(body, positions, pace);
  else if (code === ROWS) {
    yield* writeRows(body, rows!, pace);
    return { head: code | (rows!.k << CODE_BITS), body };
  } else {
    const list = code === GAPS ? gaps : missing!;
    yield* writeGapList(body, 0, list, pace);
    return { head: code | (list.k << CODE_BITS), body };
  }
  return { head: code, body };
}

function areListsWeak(count: number, n: number): boolean {
  const few = Math.min(count, n - count);
  const isIn = ([from, to]: readonly number[]) => few > from * n && few < to * n;
  return n >= WEAK_PLACES && (isIn(WEAK_LOW) || isIn(WEAK_HIGH));
}

/** The same as one array. */
export function* encodePositions(
  positions: Uint32Array | 'all',
  n: number,
  reference: Uint32Array | undefined,
  pace: Pace,
  columns = 0,
): Generator<number, Uint8Array> {
  const { head, body } = yield* encodeParts(positions, n, reference, pace, columns);
  if (head === 0) return body;
  const out = new Uint8Array(1 + body.length);
  out[0] = head;
  out.set(body, 1);
  return out;
}

/**
 * @param bytes     what encodePositions gave, exactly
 * @param n         as it was encoded, 1 to 2^27
 * @param count     how many positions there are, 0 to n
 * @param reference as it was encoded
 * @param columns   as it was encoded
 * @returns ascending positions; when there are no bytes 'all', or the very reference
 * @throws MaskError when the bytes are not `count` positions below n, are too few or too many, or have
 *   a bit set in their padding
 */
export function decodePositions(
  bytes: Uint8Array,
  n: number,
  count: number,
  reference?: Uint32Array,
  columns = 0,
): Uint32Array | 'all' {
  const head = bytes.length === 0 ? 0 : bytes[0];
  if (head === 0 && bytes.length > 0) throw badHead(head);
  return decodeParts({ head, body: bytes.subarray(1) }, n, count, reference, columns);
}

/** The same of what encodeParts gave. @param words where gaps are read to: so many words of any content */
export function decodeParts(
  { head, body }: CodedPositions,
  n: number,
  count: number,
  reference?: Uint32Array,
  columns = 0,
  words: Words = newWords,
): Uint32Array | 'all' {
  if (head === 0) {
    if (body.length > 0) throw new MaskError(`${body.length} position bytes without a code, expected none`);
    if (count === n) return 'all';
    if (reference?.length === count) return reference;
    throw new MaskError(`no position bytes for ${count} of ${n}, expected all or those of the reference`);
  }
  const code = head & ((1 << CODE_BITS) - 1);
  if (code === GAPS) return readGapList(head, body, n, words(count));
  if (code === COMPLEMENT) {
    return finish(
      missingPositions(readGapList(head, body, n, words(n - count)), n, new Pace(Number.POSITIVE_INFINITY)),
    );
  }
  if (code === ROWS) {
    if (columns === 0) throw new MaskError('positions coded as rows, expected another code');
    return readRows(body, n, columns, count, readRice(head >> CODE_BITS));
  }
  if (head === BITMAP) return readBitmap(body, n, count);
  if (head === CHANGE) return readChange(body, n, count, reference);
  if (head === GRID) return readGrid(body, n, count, columns);
  throw badHead(head);
}

function badHead(head: number): MaskError {
  return new MaskError(`position code ${head}, expected ${BITMAP} to ${ROWS}`);
}

function* checkAscending(positions: Uint32Array, n: number, pace: Pace): Generator<number, void> {
  const count = positions.length;
  const piece = pace.elements(CHECK_MACS);
  for (let from = 0; from < count; from += piece) {
    const to = Math.min(count, from + piece);
    const i = findDisorder(positions, n, from, to);
    if (i < to) {
      const next = i === 0 ? 0 : positions[i - 1] + 1;
      throw new RangeError(`position ${positions[i]} at ${i}, expected ${next} to ${n - 1}`);
    }
    if (pace.isDue((to - from) * CHECK_MACS)) yield pace.take();
  }
}

/** All positions below n that are not in the list. Yields work. */
function* missingPositions(positions: Uint32Array, n: number, pace: Pace): Generator<number, Uint32Array> {
  const count = positions.length;
  const missing = new Uint32Array(n - count);
  const piece = pace.elements(LIST_MACS);
  let listed = 0; // positions below
  for (let from = 0; from < n; from += piece) {
    const to = Math.min(n, from + piece);
    listed = listMissing(missing, n - count, positions, count, listed, from, to);
    if (pace.isDue((to - from) * LIST_MACS)) yield pace.take();
  }
  return missing;
}

// Code 1

function* writeBitmap(out: Uint8Array, positions: Uint32Array, pace: Pace): Generator<number, void> {
  const count = positions.length;
  const piece = pace.elements(SET_MACS);
  for (let from = 0; from < count; from += piece) {
    const to = Math.min(count, from + piece);
    setBits(out, out.length, positions, from, to);
    if (pace.isDue((to - from) * SET_MACS)) yield pace.take();
  }
}

function readBitmap(bitmap: Uint8Array, n: number, count: number): Uint32Array {
  expectEnd(bitmap, n);
  const found = countBits(bitmap);
  if (found !== count) throw new MaskError(`bitmap of ${found} positions, expected ${count}`);
  const out = new Uint32Array(count);
  readPositions(out, bitmap);
  return out;
}

// Codes 2 and 3

function readGapList(head: number, bytes: Uint8Array, n: number, out: Uint32Array): Uint32Array {
  const k = readRice(head >> CODE_BITS);
  expectEnd(bytes, readGaps(out, bytes, 0, k, n));
  return out;
}

// Code 5

function readGrid(bytes: Uint8Array, n: number, count: number, columns: number): Uint32Array {
  if (columns === 0) throw new MaskError('positions coded as a grid, expected another code');
  if (count === 0 || count === n || n > GRID_PLACES_MAX) {
    throw new MaskError(`grid of ${count} of ${n} positions, expected some of at most ${GRID_PLACES_MAX}`);
  }
  return decodeGrid(bytes, n, columns, count);
}
