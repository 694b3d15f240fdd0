import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as kernels from '../../../firmware/kernels/candidate.js';
import * as naive from '../../../firmware/kernels/naive/candidate.js';
import { Random } from '../../../shared/fixed/random.js';
import { checkTwin, filled, ranges } from './twin.js';

const test = suite('kernels/candidate');

const MOST = [1, 4, 300, 32767];

/** Weights of up to 14 rows, and a floor or threshold that divides them somehow. */
function layer(random: Random) {
  const rows = 1 + random.below(14);
  const cols = 1 + random.below(30);
  const most = MOST[random.below(MOST.length)];
  const weights = filled(random, rows * cols, -most, most);
  const floor = [-1, 0, most - 1, most, random.below(most + 1)][random.below(5)];
  return { rows, cols, weights, floor };
}

/** Of such a layer the list of all |weights| >= least. */
function listOf({ rows, cols, weights }: ReturnType<typeof layer>, least: number) {
  const columns: number[] = [];
  const rowStarts = [0];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) if (Math.abs(weights[r * cols + c]) >= least) columns.push(c);
    rowStarts.push(columns.length);
  }
  return { columns, rowStarts };
}

test('listCandidates equals its twin, whole or in ranges of rows, and stops where a row might not fit', () => {
  const random = new Random(1);
  let stopped = 0;
  for (let trial = 0; trial < 600; trial++) {
    const { rows, cols, weights, floor } = layer(random);
    const room = random.below(2) === 0 ? rows * cols : cols + random.below(rows * cols);
    const base = Math.max(-1, floor - random.below(3));
    const binCount = 1 + random.below(40);
    const specs = {
      columns: { type: 'u16', values: new Uint16Array(room), out: true },
      rowStarts: { type: 'i32', values: new Int32Array(rows + 1), out: true },
      bins: { type: 'i32', values: filled(random, binCount + 1, 0, 9), out: true },
      weights: { type: 'i16', values: weights },
    } as const;
    const cuts = ranges(random, rows);
    checkTwin(
      random,
      specs,
      ({ u16, i16, i32, at }) => {
        for (const [from, to] of cuts) {
          // biome-ignore format: arguments in groups
          const next = kernels.listCandidates(
            u16, at.columns, room, i32, at.rowStarts, i32, at.bins, binCount, i16, at.weights, base, floor, cols,
            from, to,
          );
          if (next === to) continue;
          stopped++;
          return next;
        }
        return rows;
      },
      // biome-ignore format: arguments in groups
      ({ u16, i16, i32, at }) => naive.listCandidates(
        u16, at.columns, room, i32, at.rowStarts, i32, at.bins, binCount, i16, at.weights, base, floor, cols, 0, rows,
      ),
      `trial ${trial}`,
    );
  }
  assert.ok(stopped > 50 && stopped < 300, `${stopped} stopped`);
});

test('cutCandidates equals its twin, whole or in ranges of rows', () => {
  const random = new Random(3);
  for (let trial = 0; trial < 500; trial++) {
    const made = layer(random);
    const { rows, cols, weights, floor: threshold } = made;
    const { columns, rowStarts } = listOf(made, random.below(2) === 0 ? threshold : 0);
    const equal = weights.filter((w) => Math.abs(w) === threshold).length;
    const ties = [0, equal, random.below(equal + 1)][random.below(3)];
    const specs = {
      columns: { type: 'u16', values: columns, out: true },
      rowStarts: { type: 'i32', values: rowStarts, out: true },
      weights: { type: 'i16', values: weights },
    } as const;
    const cuts = ranges(random, rows);
    checkTwin(
      random,
      specs,
      ({ u16, i16, i32, at }) => {
        let first = 0;
        let left = ties;
        for (const [from, to] of cuts) {
          const next = i32[at.rowStarts + to];
          // biome-ignore format: arguments in groups
          left = kernels.cutCandidates(
            u16, at.columns, i32, at.rowStarts, i16, at.weights, first, threshold, left, cols, from, to,
          );
          first = next;
        }
        return left;
      },
      // biome-ignore format: arguments in groups
      ({ u16, i16, i32, at }) => naive.cutCandidates(
        u16, at.columns, i32, at.rowStarts, i16, at.weights, 0, threshold, ties, cols, 0, rows,
      ),
      `trial ${trial}`,
    );
  }
});

test('-32768 is larger than 32767', () => {
  const columns = new Uint16Array(2);
  const rowStarts = new Int32Array(2);
  const bins = new Int32Array(3);
  const weights = Int16Array.of(32767, -32768);
  kernels.listCandidates(columns, 0, 2, rowStarts, 0, bins, 0, 2, weights, 0, 32767, 32767, 2, 0, 1);
  assert.equal([columns[0], rowStarts[1], ...bins], [1, 1, 0, 1, 0]);
});

test.run();
