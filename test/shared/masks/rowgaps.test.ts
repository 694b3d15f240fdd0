import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { gapBits, writeGaps } from '../../../shared/masks/gaps.js';
import {
  ROW_MACS,
  riceBits,
  rowGapBits,
  rowRice,
  splitRows,
  WALK,
  WALK_BITS,
  WALK_ROW,
  writeRowGaps,
} from '../../../shared/masks/rowgaps.js';
import { randomPositions } from './sets.js';

const test = suite('masks/rowgaps');

const MACS = 3;

test('rows are split, counted and written as one list of gaps for each, in pieces that fit their budget', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 200; trial++) {
    const columns = 1 + random.below(40);
    const rows = 1 + random.below(20);
    const n = rows * columns;
    const positions = randomPositions(n, random.below(n + 1), random);
    const listed = positions.length;
    const byRow = Array.from({ length: rows }, (_, row) =>
      positions.filter((p) => Math.floor(p / columns) === row).map((p) => p % columns),
    );
    const counts = new Uint32Array(rows);
    const places = new Uint32Array(listed);
    const cut = random.below(listed + 1);
    splitRows(counts, places, positions, rows, columns, 0, cut);
    splitRows(counts, places, positions, rows, columns, cut, listed);
    assert.is(counts.join(), byRow.map(({ length }) => length).join());
    assert.is(places.join(), byRow.flatMap((row) => [...row]).join());

    const k = random.below(6);
    const budget = 1 + random.below(300);
    const most = Math.max(budget, ROW_MACS + MACS);
    let bits = 0;
    const expected = new Uint8Array(4 * n + 4 * rows + 8);
    let bit = 0;
    for (const row of byRow) {
      const ownK = rowRice(columns, row.length);
      bits += gapBits(row, ownK, 0, row.length);
      bit = writeGaps(expected, expected.length, bit, Uint32Array.of(row.length), k, 0, 1);
      bit = writeGaps(expected, expected.length, bit, row, ownK, 0, row.length);
    }
    const walk = new Int32Array(WALK);
    while (walk[WALK_ROW] < rows) {
      const work = rowGapBits(walk, counts, places, rows, listed, columns, MACS, budget);
      assert.ok(work > 0 && work <= most, `${work} of ${budget}`);
    }
    assert.is(walk[WALK_BITS], bits);
    const out = new Uint8Array(expected.length);
    walk.fill(0);
    while (walk[WALK_ROW] < rows) {
      // biome-ignore format: arguments in groups
      const work = writeRowGaps(
        out, out.length, walk, counts, places, rows, listed, columns, k, MACS, budget,
      );
      assert.ok(work > 0 && work <= most, `${work} of ${budget}`);
    }
    assert.is(walk[WALK_BITS], bit);
    assert.is(out.join(), expected.join());
    assert.is(
      riceBits(counts, k, rows),
      [...counts].reduce((sum, count) => sum + (count >> k) + 1 + k, 0),
    );
  }
});

test('the k of a row is the smallest that fits its mean gap', () => {
  for (const columns of [1, 2, 7, 100, 784, 65535]) {
    for (let count = 1; count <= columns; count += Math.ceil(columns / 50)) {
      let k = 0;
      while (2 ** k * 133 * count < 32 * (2 * columns - count) && k < 23) k++;
      assert.is(rowRice(columns, count), k);
    }
    assert.is(rowRice(columns, 0), 0);
  }
});

test.run();
