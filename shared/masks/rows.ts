/**
 * The coding of a set of positions row by row of a layer: how many a row has, then the Rice gaps of its
 * columns. The largest differences crowd in the rows with strong errors, and a row's own k fits them: it saves
 * most of what the grid saves (see `grid.ts`) in the time of plain gaps.
 *
 * One stream for each row in turn: its count as a Rice gap with the k of all counts, then its gaps with a k
 * that follows from the count.
 * @module
 */
import { MAX_RICE } from '../fixed/ricebits.js';
import { MaskError } from './error.js';
import type { Pace } from './pace.js';
import { expectEnd, readGaps } from './rice.js';
import {
  riceBits,
  rowGapBits,
  rowRice,
  splitRows,
  WALK,
  WALK_BITS,
  WALK_ROW,
  writeRowGaps,
} from './rowgaps.js';

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

/** More than any row needs, and an int32. */
const BUDGET_MAX = 2 ** 30;

/**
 * Yields work.
 * @param positions ascending
 * @param columns   divides n
 */
export function* rowsOf(
  positions: Uint32Array,
  n: number,
  columns: number,
  pace: Pace,
): Generator<number, RowList> {
  const rows = n / columns;
  const counts = new Uint32Array(rows);
  const listed = positions.length;
  const places = new Uint32Array(listed);
  const piece = pace.elements(LIST_MACS);
  for (let from = 0; from < listed; from += piece) {
    const to = Math.min(listed, from + piece);
    splitRows(counts, places, positions, rows, columns, from, to);
    if (pace.isDue((to - from) * LIST_MACS)) yield pace.take();
  }
  const walk = new Int32Array(WALK);
  const budget = budgetOf(pace);
  while (walk[WALK_ROW] < rows) {
    const macs = rowGapBits(walk, counts, places, rows, listed, columns, COUNT_MACS, budget);
    if (pace.isDue(macs)) yield pace.take();
  }
  const { k, bits } = bestCounts(counts);
  if (pace.isDue(rows * COUNT_MACS)) yield pace.take();
  return { counts, places, columns, k, bits: bits + walk[WALK_BITS] };
}

/** Yields work. @param out all zero, with room for the bits */
export function* writeRows(
  out: Uint8Array,
  { counts, places, columns, k }: RowList,
  pace: Pace,
): Generator<number, void> {
  const walk = new Int32Array(WALK);
  const rows = counts.length;
  const budget = budgetOf(pace);
  while (walk[WALK_ROW] < rows) {
    // biome-ignore format: arguments in groups
    const macs = writeRowGaps(
      out, out.length, walk, counts, places, rows, places.length, columns, k, WRITE_MACS, budget,
    );
    if (pace.isDue(macs)) yield pace.take();
  }
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

/** Work of one piece, as kernels take it. */
function budgetOf({ pieceMacs }: Pace): number {
  return Math.floor(Math.min(pieceMacs, BUDGET_MAX));
}

/** The k with which single counts take the fewest bits, the smallest of equals. */
function bestCounts(counts: Uint32Array): { k: number; bits: number } {
  let best = { k: 0, bits: Number.POSITIVE_INFINITY };
  for (let k = 0; k <= MAX_RICE; k++) {
    const bits = riceBits(counts, k, counts.length);
    if (bits >= best.bits) break; // the cost is convex, see bestGaps
    best = { k, bits };
  }
  return best;
}
