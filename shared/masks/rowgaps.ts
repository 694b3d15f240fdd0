/**
 * The loops of the row code (rows.ts): they run over every position of an update, so they are written in the subset
 * that is translated to C. How far they came stands in `walk`, so that a caller with a short time slice stops
 * between two calls.
 * @module
 */
import { MAX_RICE, writeRice } from '../fixed/ricebits.js';

/** Places in `walk`: the row, how many of its columns are behind, those of all rows before, and the bits so far. */
export const WALK_ROW = 0;
export const WALK_COLUMN = 1;
export const WALK_START = 2;
export const WALK_BITS = 3;
/** Elements of `walk`, all 0 at first. */
export const WALK = 4;

/** Work of a row, see work.ts. */
export const ROW_MACS = 40;

/**
 * Counts positions[from..to) by rows, and takes the columns.
 *
 * @param counts    uint32 [rows] counted on
 * @param places    uint32 [to] their columns
 * @param positions uint32 [to]
 * @param columns   1 to 8388607: of a row
 */
export function splitRows(
  counts: Uint32Array,
  places: Uint32Array,
  positions: Uint32Array,
  rows: number,
  columns: number,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const position = positions[i];
    const row = (position / columns) | 0;
    if (row >= rows) break;
    counts[row]++;
    places[i] = position - row * columns;
  }
}

/**
 * How many bits numbers take, each a Rice code.
 *
 * @param numbers uint32 [n]
 * @param k       0 to MAX_RICE
 */
export function riceBits(numbers: Uint32Array, k: number, n: number): number {
  let bits = n * (k + 1);
  for (let i = 0; i < n; i++) bits += numbers[i] >> k;
  return bits;
}

/**
 * Adds the bits of rows to walk[WALK_BITS]: of their columns' gaps, without the counts.
 *
 * @param walk    int32 [WALK] goes on from where it is
 * @param counts  uint32 [rows]
 * @param places  uint32 [listed] columns, ascending in each row
 * @param listed  as many as the counts add up to
 * @param columns 1 to 8388607: of a row
 * @param macs    1 to 1000: work of a place
 * @param budget  1 to 1073741823: work at most, but for one place
 * @returns work done
 */
export function rowGapBits(
  walk: Int32Array,
  counts: Uint32Array,
  places: Uint32Array,
  rows: number,
  listed: number,
  columns: number,
  macs: number,
  budget: number,
): number {
  let work = 0;
  let bits = walk[WALK_BITS];
  while (walk[WALK_ROW] < rows && (work === 0 || work + ROW_MACS + macs <= budget)) {
    const count = counts[walk[WALK_ROW]];
    const k = rowRice(columns, count);
    const start = walk[WALK_START];
    const from = walk[WALK_COLUMN];
    const to = endOfPiece(from, count, listed - start, macs, budget - work - ROW_MACS);
    let next = 0;
    if (from > 0) next = places[start + from - 1] + 1;
    for (let i = start + from; i < start + to; i++) {
      const place = places[i];
      bits += ((place - next) >> k) + k + 1;
      next = place + 1;
    }
    work += ROW_MACS + (to - from) * macs;
    goOn(walk, count, to);
  }
  walk[WALK_BITS] = bits;
  return work;
}

/**
 * Writes rows from bit walk[WALK_BITS] on: of each its count, then its columns' gaps.
 *
 * @param bytes   uint8 [room] all zero from that bit on
 * @param room    bytes: what does not fit is lost
 * @param walk    int32 [WALK] goes on from where it is
 * @param counts  uint32 [rows]
 * @param places  uint32 [listed] columns, ascending in each row
 * @param listed  as many as the counts add up to
 * @param columns 1 to 8388607: of a row
 * @param k       0 to MAX_RICE: of the counts
 * @param macs    1 to 1000: work of a place
 * @param budget  1 to 1073741823: work at most, but for one place
 * @returns work done
 */
export function writeRowGaps(
  bytes: Uint8Array,
  room: number,
  walk: Int32Array,
  counts: Uint32Array,
  places: Uint32Array,
  rows: number,
  listed: number,
  columns: number,
  k: number,
  macs: number,
  budget: number,
): number {
  let work = 0;
  let bit = walk[WALK_BITS];
  while (walk[WALK_ROW] < rows && (work === 0 || work + ROW_MACS + macs <= budget)) {
    const count = counts[walk[WALK_ROW]];
    const ownK = rowRice(columns, count);
    const start = walk[WALK_START];
    const from = walk[WALK_COLUMN];
    const to = endOfPiece(from, count, listed - start, macs, budget - work - ROW_MACS);
    let next = 0;
    if (from > 0) next = places[start + from - 1] + 1;
    else bit = writeRice(bytes, room, bit, count, k);
    for (let i = start + from; i < start + to; i++) {
      const place = places[i];
      bit = writeRice(bytes, room, bit, place - next, ownK);
      next = place + 1;
    }
    work += ROW_MACS + (to - from) * macs;
    goOn(walk, count, to);
  }
  walk[WALK_BITS] = bit;
  return work;
}

/** Where a piece of a row ends that begins behind `from` of its `count` columns. */
function endOfPiece(from: number, count: number, listed: number, macs: number, budget: number): number {
  let most = (budget / macs) | 0;
  if (most < 1) most = 1;
  if (most > count - from) most = count - from;
  if (most > listed - from) most = listed - from; // no more than there are, whatever the counts say
  return from + most;
}

function goOn(walk: Int32Array, count: number, to: number): void {
  walk[WALK_COLUMN] = to;
  if (to < count) return;
  walk[WALK_START] += count;
  walk[WALK_COLUMN] = 0;
  walk[WALK_ROW]++;
}

/**
 * The k that fits gaps of a random row best: the smallest with 2^k ≥ 0.481 · (mean gap + 1/2), where k and k + 1
 * cost the same (A. Kiely, "Selecting the Golomb parameter in Rice coding", IPN 42-159, 2004), in integers.
 */
export function rowRice(columns: number, count: number): number {
  if (count === 0) return 0;
  const most = 32 * (2 * columns - count);
  let room = 133 * count;
  let k = 0;
  while (room < most && k < MAX_RICE) {
    room += room;
    k++;
  }
  return k;
}
