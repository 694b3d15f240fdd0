/**
 * The coding of a set of positions as a grid of rows and columns, bit by bit, row after row, with a range
 * coder. What a step changes most are the weights between strong inputs and strong errors, so the largest
 * differences fill some rows and columns and leave others empty; that halves the cost of a position.
 *
 * How likely a bit is 1 is learned on the way, the same by both sides, in CONTEXTS cases: by how much fuller
 * than the whole the row is so far (left of the place) times the same of the column (above), in octaves, and
 * by whether the place before is a 1. A set of more than half of all is coded as the missing ones. The
 * bits end at the last 1, since both sides know the count.
 *
 * All integers: a probability is in units of 2^-16, logarithms in quarters of an octave.
 * @module
 */
import { MaskError } from './error.js';
import {
  CONTEXTS,
  decodePlaces,
  encodePlaces,
  GRID_AT,
  GRID_COLUMNS,
  GRID_LEFT,
  GRID_LISTED,
  GRID_LOW,
  GRID_PLACE,
  GRID_PROBABILITIES,
  GRID_RANGE,
  GRID_SEEN,
  gridRow,
  PLACE_MACS,
  SCORE_LEAST,
  SEEN_FIRST,
  UNIT,
} from './gridcode.js';
import type { Pace } from './pace.js';

/** Grids with more places are not coded so: products of counts and gaps stay below 2^31. */
export const GRID_PLACES_MAX = 1 << 24;

const PROBABILITY_LEAST = 16;
const PROBABILITY_MOST = 57344;

/** What the coder begins with. */
const RANGE_MOST = (1 << 24) - 1;

/** Bytes that a decoder reads ahead. */
const AHEAD = 3;

/**
 * Yields work.
 * @param positions ascending, at least one, fewer than n
 * @param columns   divides n
 * @param bytesMost the result is not wanted if it is longer
 * @returns undefined when it would be
 */
export function* encodeGrid(
  positions: Uint32Array,
  n: number,
  columns: number,
  bytesMost: number,
  pace: Pace,
): Generator<number, Uint8Array | undefined> {
  const count = positions.length;
  const ones = fewer(n, count);
  const listed = ones === count ? 1 : 0;
  const gap = gapOf(n, ones);
  const out = new Uint8Array(bytesMost);
  const grid = newGrid(n, columns, ones);
  const piece = pace.elements(PLACE_MACS);
  for (let place = 0; grid[GRID_LEFT] > 0; place = grid[GRID_PLACE]) {
    const to = Math.min(n, place + piece);
    encodePlaces(out, bytesMost, grid, columns, positions, count, listed, gap, to);
    if (pace.isDue((grid[GRID_PLACE] - place) * PLACE_MACS)) yield pace.take();
    if (grid[GRID_AT] > bytesMost) return undefined;
  }
  const length = encodeEnd(out, bytesMost, grid);
  return grid[GRID_AT] > bytesMost ? undefined : out.subarray(0, length);
}

/**
 * @param count of positions, at least one, fewer than n
 * @throws MaskError when these are not bytes of `count` positions
 */
export function decodeGrid(bytes: Uint8Array, n: number, columns: number, count: number): Uint32Array {
  const { length } = bytes;
  const ones = fewer(n, count);
  const listed = ones === count ? 1 : 0;
  const grid = newGrid(n, columns, ones);
  for (let i = 0; i < AHEAD; i++) grid[GRID_LOW] = (grid[GRID_LOW] << 8) | (i < length ? bytes[i] : 0);
  grid[GRID_AT] = AHEAD;
  const out = new Uint32Array(count);
  decodePlaces(out, count, bytes, length, grid, columns, listed, gapOf(n, ones), n);
  const left = grid[GRID_LEFT];
  if (left > 0) throw new MaskError(`grid without ${left} of ${ones} bits, expected all of them`);
  // none is left over, and the last is not 0
  const isAtEnd = length <= grid[GRID_AT] - 2 && (length === 0 || bytes[length - 1] !== 0);
  if (!isAtEnd) throw new MaskError(`grid of ${length} bytes, expected another length`);
  if (listed === 0) {
    let to = grid[GRID_LISTED];
    for (let place = grid[GRID_PLACE]; place < n; place++) out[to++] = place;
  }
  return out;
}

/** How many bits are 1: the positions, or the missing ones. */
function fewer(n: number, count: number): number {
  return 2 * count > n ? n - count : count;
}

/** UNIT · places per 1. */
function gapOf(n: number, ones: number): number {
  return Math.floor((UNIT * n) / ones);
}

/** What is known before the first place. */
function newGrid(n: number, columns: number, ones: number): Int32Array {
  const grid = new Int32Array(GRID_COLUMNS + columns);
  const density = Math.floor((65536 * ones) / n);
  for (let context = 0; context < CONTEXTS; context++) {
    const guess = (density << (context >> 1)) >> (-SCORE_LEAST / 4);
    grid[GRID_PROBABILITIES + context] = Math.min(PROBABILITY_MOST, Math.max(PROBABILITY_LEAST, guess));
    grid[GRID_SEEN + context] = SEEN_FIRST;
  }
  grid[GRID_RANGE] = RANGE_MOST;
  grid[GRID_LEFT] = ones;
  gridRow(grid, 0);
  return grid;
}

/** Ends the bytes. @returns how many there are, unless there were more than fit */
function encodeEnd(bytes: Uint8Array, room: number, grid: Int32Array): number {
  // the number of the range that ends in the most zeros is the shortest
  const low = grid[GRID_LOW] + 0xffff;
  const at = grid[GRID_AT]++;
  if (low > RANGE_MOST) {
    let back = at - 1;
    for (; bytes[back] === 0xff; back--) bytes[back] = 0;
    bytes[back]++;
  }
  if (at < room) bytes[at] = (low >> 16) & 0xff;
  let length = Math.min(at + 1, room);
  while (length > 0 && bytes[length - 1] === 0) length--;
  return length;
}
