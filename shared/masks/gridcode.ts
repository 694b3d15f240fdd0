/**
 * The loops of the grid code (grid.ts) with its range coder: they run over every place of a layer, so they are
 * written in the subset that is translated to C. All they know stands in one array, so that a caller with a short
 * time slice stops between two calls.
 *
 * The range coder is binary: a bit costs about as many bits as its probability says. The bytes are a binary fraction
 * in [0, 1), zeros behind it left out: each bit keeps a part of the range that is left, a 1 the lower part. A carry
 * runs back into the bytes that are written already, so no byte has to wait. All numbers stay below 2^25.
 * Source: G. N. N. Martin, "Range encoding: an algorithm for removing redundancy from a digitised message", 1979.
 * @module
 */

/** A row or column begins as if it had so many places of the whole's density. */
const ROW_START = 8;
const COLUMN_START = 4;

/** Counts are weighed in units of 1/16 place. */
export const UNIT = 16;

/** Fullness above that of the whole, in quarters of an octave: clamped, then octave by octave. */
export const SCORE_LEAST = -12;
const SCORE_MOST = 15;
export const CONTEXTS = 14; // 7 octaves, each behind a 0 and behind a 1

/** A context moves by 1/(seen + 1.5) of what it is off; it has seen this much at first, and at most. */
export const SEEN_FIRST = 6;
const SEEN_MOST = 255;

const ONE = 65535;

/** Probabilities of a 1 are in units of 2^-12 for the coder, of 2^-16 otherwise. */
const PROBABILITY_BITS = 12;

const TOP = 1 << 24;
const BOTTOM = 1 << 16;

/** Places in `grid`: the coder. */
export const GRID_LOW = 0; // of the range, below TOP; of a decoder what the bytes say, below the range
export const GRID_RANGE = 1; // BOTTOM and above
export const GRID_AT = 2; // bytes so far, may be more than there are
/** The place that comes next. */
export const GRID_PLACE = 3;
const GRID_ROW = 4;
const GRID_COLUMN = 5;
const GRID_COLUMN_ROOM = 6; // logarithm of the places above
const GRID_ROW_ONES = 7;
const GRID_ROW_FILL = 8; // logarithm of the row's ones · gap
const GRID_LAST = 9; // the bit before
/** 1s that are still to come. */
export const GRID_LEFT = 10;
/** Positions of the list that are below the place. */
export const GRID_LISTED = 11;
/** By context. */
export const GRID_PROBABILITIES = 12;
export const GRID_SEEN = GRID_PROBABILITIES + CONTEXTS;
/** The ones of each column. */
export const GRID_COLUMNS = GRID_SEEN + CONTEXTS;

/** Work per place, see work.ts. */
export const PLACE_MACS = 8;

/**
 * Begins a row of the grid; the first one begins so, too.
 *
 * @param grid int32 [GRID_COLUMNS]
 * @param row  0 to 16777216
 */
export function gridRow(grid: Int32Array, row: number): void {
  grid[GRID_ROW] = row;
  grid[GRID_COLUMN] = 0;
  grid[GRID_COLUMN_ROOM] = logarithm(UNIT * (row + COLUMN_START));
  grid[GRID_ROW_ONES] = 0;
  grid[GRID_ROW_FILL] = logarithm(UNIT * ROW_START);
  grid[GRID_LAST] = 0;
}

/**
 * Codes places till place `to`, or the last 1, or more bytes than there is room for.
 *
 * @param bytes     uint8 [room] overwritten; what does not fit is lost
 * @param grid      int32 [GRID_COLUMNS + columns] goes on from where it is
 * @param positions uint32 [count] ascending
 * @param listed    0 to 1: the bit of a place in the list
 * @param gap       16 to 1073741823: UNIT · places per 1
 * @param to        0 to 16777216
 */
export function encodePlaces(
  bytes: Uint8Array,
  room: number,
  grid: Int32Array,
  columns: number,
  positions: Uint32Array,
  count: number,
  listed: number,
  gap: number,
  to: number,
): void {
  let low = grid[GRID_LOW];
  let range = grid[GRID_RANGE];
  let at = grid[GRID_AT];
  let left = grid[GRID_LEFT];
  let i = grid[GRID_LISTED];
  let place = grid[GRID_PLACE];
  let next = -1; // position of the list
  if (i < count) next = positions[i];
  while (place < to && left > 0 && at <= room) {
    let bit = 1 - listed;
    if (place === next) {
      bit = listed;
      i++;
      next = -1;
      if (i < count) next = positions[i];
    }
    const context = contextOf(grid, gap);
    const ones = (range >> PROBABILITY_BITS) * chance(grid[GRID_PROBABILITIES + context]);
    if (bit === 1) range = ones;
    else {
      range -= ones;
      low += ones;
      if (low >= TOP) {
        low -= TOP;
        let back = at - 1;
        while (back > 0 && bytes[back] === 255) {
          bytes[back] = 0;
          back--;
        }
        bytes[back]++;
      }
    }
    while (range < BOTTOM) {
      if (at < room) bytes[at] = low >> 16;
      at++;
      low = (low & 65535) << 8;
      range = range << 8;
    }
    learn(grid, columns, gap, context, bit);
    left -= bit;
    place++;
  }
  grid[GRID_LOW] = low;
  grid[GRID_RANGE] = range;
  grid[GRID_AT] = at;
  grid[GRID_LEFT] = left;
  grid[GRID_LISTED] = i;
  grid[GRID_PLACE] = place;
}

/**
 * Reads places till place `to`, or the last 1.
 *
 * @param out    uint32 [room] the places whose bit is `listed`, filled on
 * @param bytes  uint8 [length]; behind them come zeros
 * @param grid   int32 [GRID_COLUMNS + columns] goes on from where it is
 * @param listed 0 to 1: the bit of a place in the list
 * @param gap    16 to 1073741823: UNIT · places per 1
 * @param to     0 to 16777216
 */
export function decodePlaces(
  out: Uint32Array,
  room: number,
  bytes: Uint8Array,
  length: number,
  grid: Int32Array,
  columns: number,
  listed: number,
  gap: number,
  to: number,
): void {
  let code = grid[GRID_LOW];
  let range = grid[GRID_RANGE];
  let at = grid[GRID_AT];
  let left = grid[GRID_LEFT];
  let i = grid[GRID_LISTED];
  let place = grid[GRID_PLACE];
  while (place < to && left > 0) {
    const context = contextOf(grid, gap);
    const ones = (range >> PROBABILITY_BITS) * chance(grid[GRID_PROBABILITIES + context]);
    let bit = 0;
    if (code < ones) {
      bit = 1;
      range = ones;
    } else {
      range -= ones;
      code -= ones;
    }
    while (range < BOTTOM) {
      let byte = 0;
      if (at < length) byte = bytes[at];
      at++;
      code = ((code & 65535) << 8) | byte;
      range = range << 8;
    }
    learn(grid, columns, gap, context, bit);
    left -= bit;
    if (bit === listed && i < room) {
      out[i] = place;
      i++;
    }
    place++;
  }
  grid[GRID_LOW] = code;
  grid[GRID_RANGE] = range;
  grid[GRID_AT] = at;
  grid[GRID_LEFT] = left;
  grid[GRID_LISTED] = i;
  grid[GRID_PLACE] = place;
}

/** Of the next bit. */
function contextOf(grid: Int32Array, gap: number): number {
  const c = grid[GRID_COLUMN];
  const rowRoom = logarithm(UNIT * (c + ROW_START));
  const columnFill = logarithm(grid[GRID_COLUMNS + c] * gap + UNIT * COLUMN_START);
  let score = grid[GRID_ROW_FILL] - rowRoom + columnFill - grid[GRID_COLUMN_ROOM];
  if (score < SCORE_LEAST) score = SCORE_LEAST;
  if (score > SCORE_MOST) score = SCORE_MOST;
  return (((score - SCORE_LEAST) >> 2) << 1) + grid[GRID_LAST];
}

/** A probability as the coder wants it. */
function chance(probability: number): number {
  const units = probability >> (16 - PROBABILITY_BITS);
  return units === 0 ? 1 : units;
}

function learn(grid: Int32Array, columns: number, gap: number, context: number, bit: number): void {
  const seen = grid[GRID_SEEN + context];
  const before = grid[GRID_PROBABILITIES + context];
  const share = (65536 / (2 * seen + 3)) | 0; // 2^15 / (seen + 1.5)
  grid[GRID_PROBABILITIES + context] = before + (((bit * ONE - before) * share) >> 15);
  if (seen < SEEN_MOST) grid[GRID_SEEN + context] = seen + 1;
  const c = grid[GRID_COLUMN];
  grid[GRID_COLUMN] = c + 1;
  grid[GRID_LAST] = bit;
  if (bit === 1) {
    grid[GRID_COLUMNS + c]++;
    grid[GRID_ROW_ONES]++;
    grid[GRID_ROW_FILL] = logarithm(grid[GRID_ROW_ONES] * gap + UNIT * ROW_START);
  }
  if (c + 1 === columns) gridRow(grid, grid[GRID_ROW] + 1);
}

/** About 4 · log2 x, exact at powers of two and straight between them. @param x 4 to 2^31 - 1 */
function logarithm(x: number): number {
  const octave = 31 - Math.clz32(x);
  return 4 * octave + ((x >> (octave - 2)) & 3);
}
