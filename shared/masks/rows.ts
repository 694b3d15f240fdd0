/**
 * The coding of a set of positions row by row of a layer: how many a row has, then the Rice gaps of its
 * columns. The largest differences crowd in the rows with strong errors, and a row's own k fits them: it saves
 * most of what the grid saves (see `grid.ts`) in the time of plain gaps.
 *
 * One stream for each row in turn: its count as a Rice gap with the k of all counts, then its gaps with a k
 * that follows from the count.
 * @module
 */
import { MaskError } from './error.js';
import { expectEnd, gapBits, MAX_RICE, readGaps, writeGaps } from './rice.js';
import { inPieces } from './work.js';

/** Positions as rows: of each its count, and the columns of all, one row after the other. */
export interface RowList {
  readonly counts: Uint32Array; // by row
  readonly places: Uint32Array; // columns, ascending in each row
  readonly columns: number;
  readonly k: number; // of the counts
  readonly bits: number;
}

/** Work per position and per row, see work.ts. */
const LIST_MACS = 3;
const COUNT_MACS = 3;
const WRITE_MACS = 7;
const ROW_MACS = 40;

/**
 * Yields work.
 * @param positions ascending
 * @param columns   divides n
 */
export function* rowsOf(
  positions: Uint32Array,
  n: number,
  columns: number,
  sliceMacs: number,
): Generator<number, RowList> {
  const counts = new Uint32Array(n / columns);
  const places = new Uint32Array(positions.length);
  yield* inPieces(positions.length, LIST_MACS, sliceMacs, (from, to) => {
    for (let i = from; i < to; i++) {
      const row = Math.floor(positions[i] / columns);
      counts[row]++;
      places[i] = positions[i] - row * columns;
    }
  });
  let bits = 0;
  let start = 0;
  yield* eachRow(counts, COUNT_MACS, sliceMacs, (row, from, to) => {
    if (from === 0) start += row === 0 ? 0 : counts[row - 1];
    const list = places.subarray(start, start + counts[row]);
    bits += gapBits(list, rowRice(columns, counts[row]), from, to);
  });
  const { k, bits: countBits } = bestCounts(counts);
  yield counts.length * COUNT_MACS;
  return { counts, places, columns, k, bits: bits + countBits };
}

/** Yields work. @param out all zero, with room for the bits */
export function* writeRows(
  out: Uint8Array,
  { counts, places, columns, k }: RowList,
  sliceMacs: number,
): Generator<number, void> {
  let bit = 0;
  let start = 0;
  yield* eachRow(counts, WRITE_MACS, sliceMacs, (row, from, to) => {
    if (from === 0) {
      start += row === 0 ? 0 : counts[row - 1];
      bit = writeGaps(out, bit, counts.subarray(row, row + 1), k);
    }
    const list = places.subarray(start, start + counts[row]);
    bit = writeGaps(out, bit, list, rowRice(columns, counts[row]), from, to);
  });
}

/**
 * @param k of the counts
 * @returns ascending positions
 * @throws MaskError when these are not bytes of `count` positions
 */
export function readRows(
  bytes: Uint8Array,
  n: number,
  columns: number,
  count: number,
  k: number,
): Uint32Array {
  const out = new Uint32Array(count);
  const one = new Uint32Array(1);
  let bit = 0;
  let from = 0;
  for (let start = 0; start < n; start += columns) {
    bit = readGaps(one, bytes, bit, k, columns + 1);
    const to = from + one[0];
    if (to > count) throw new MaskError(`rows of ${to} positions and more, expected ${count}`);
    bit = readGaps(out.subarray(from, to), bytes, bit, rowRice(columns, one[0]), columns);
    for (; from < to; from++) out[from] += start;
  }
  if (from < count) throw new MaskError(`rows of ${from} positions, expected ${count}`);
  expectEnd(bytes, bit);
  return out;
}

/** Visits the places of each row in pieces; a row without any is visited once, with none. */
function* eachRow(
  counts: Uint32Array,
  macs: number,
  sliceMacs: number,
  visit: (row: number, from: number, to: number) => void,
): Generator<number, void> {
  const piece = Math.max(1, Math.floor((sliceMacs - ROW_MACS) / macs));
  for (let row = 0; row < counts.length; row++) {
    let from = 0;
    do {
      const to = Math.min(counts[row], from + piece);
      visit(row, from, to);
      yield ROW_MACS + (to - from) * macs;
      from = to;
    } while (from < counts[row]);
  }
}

/** The k with which single counts take the fewest bits, the smallest of equals. */
function bestCounts(counts: Uint32Array): { k: number; bits: number } {
  let best = { k: 0, bits: Number.POSITIVE_INFINITY };
  for (let k = 0; k <= MAX_RICE; k++) {
    let bits = counts.length * (k + 1);
    for (let row = 0; row < counts.length; row++) bits += counts[row] >>> k;
    if (bits >= best.bits) break; // the cost is convex, see bestGaps
    best = { k, bits };
  }
  return best;
}

/**
 * The k that fits gaps of a random row best: the smallest with 2^k ≥ 0.481 · (mean gap + 1/2), where k and k + 1
 * cost the same (A. Kiely, "Selecting the Golomb parameter in Rice coding", IPN 42-159, 2004), in integers.
 */
function rowRice(columns: number, count: number): number {
  let k = 0;
  for (let room = 133 * count; room < 32 * (2 * columns - count) && k < MAX_RICE; room *= 2) k++;
  return count === 0 ? 0 : k;
}
