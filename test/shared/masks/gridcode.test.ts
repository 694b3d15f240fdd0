import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
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
  SEEN_FIRST,
  UNIT,
} from '../../../shared/masks/gridcode.js';
import { crossedPositions } from './sets.js';

const test = suite('masks/gridcode');

/** The code by its definition: the model in numbers of its own, the coder on one exact integer. */
class Naive {
  readonly #columns: number;
  readonly #gap: number;
  readonly #probabilities: number[];
  readonly #seen = new Array<number>(CONTEXTS).fill(SEEN_FIRST);
  readonly #ones: number[];
  #row = 0;
  #column = 0;
  #rowOnes = 0;
  #last = 0;
  low = 0n; // in units of 2^-(24 + 8 · bytes)
  range = 2n ** 24n - 1n;
  bytes = 0n;

  constructor(columns: number, gap: number, probabilities: number[]) {
    this.#columns = columns;
    this.#gap = gap;
    this.#probabilities = [...probabilities];
    this.#ones = new Array<number>(columns).fill(0);
  }

  code(bit: number): void {
    const log = (x: number) => {
      const octave = Math.floor(Math.log2(x));
      return 4 * octave + Math.floor((4 * (x - 2 ** octave)) / 2 ** octave);
    };
    const c = this.#column;
    const score =
      log(this.#rowOnes * this.#gap + 8 * UNIT) -
      log(UNIT * (c + 8)) +
      log(this.#ones[c] * this.#gap + 4 * UNIT) -
      log(UNIT * (this.#row + 4));
    const context = 2 * Math.floor((Math.max(-12, Math.min(15, score)) + 12) / 4) + this.#last;
    const before = this.#probabilities[context];
    const ones = (this.range / 4096n) * BigInt(Math.max(1, Math.floor(before / 16)));
    if (bit === 0) this.low += ones;
    this.range = bit === 1 ? ones : this.range - ones;
    for (; this.range < 65536n; this.range *= 256n) {
      this.low *= 256n;
      this.bytes += 1n;
    }
    const share = Math.floor(65536 / (2 * this.#seen[context] + 3));
    this.#probabilities[context] += Math.floor(((bit * 65535 - before) * share) / 32768);
    this.#seen[context] = Math.min(255, this.#seen[context] + 1);
    this.#ones[c] += bit;
    this.#rowOnes += bit;
    this.#last = bit;
    if (++this.#column < this.#columns) return;
    this.#row++;
    this.#column = this.#rowOnes = this.#last = 0;
  }
}

function gridOf(columns: number, ones: number, probabilities: number[]): Int32Array {
  const grid = new Int32Array(GRID_COLUMNS + columns);
  grid.set(probabilities, GRID_PROBABILITIES);
  grid.fill(SEEN_FIRST, GRID_SEEN, GRID_SEEN + CONTEXTS);
  grid[GRID_RANGE] = 2 ** 24 - 1;
  grid[GRID_LEFT] = ones;
  gridRow(grid, 0);
  return grid;
}

test('bytes are those of the definition, in any pieces, and give the places back', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 60; trial++) {
    const columns = 1 + random.below([3, 30][random.below(2)]);
    const n = columns * (1 + random.below(30));
    const all = crossedPositions(n, columns, (1 + random.below(99)) / 100, random);
    const positions = all.length === 0 ? Uint32Array.of(random.below(n)) : all;
    const count = positions.length;
    const listed = trial % 2 === 1 && count < n ? 0 : 1;
    const ones = listed === 1 ? count : n - count;
    const gap = Math.floor((UNIT * n) / ones);
    const probabilities = Array.from({ length: CONTEXTS }, () => 16 + random.below(57_000));
    const naive = new Naive(columns, gap, probabilities);
    const members = new Set(positions);
    for (let place = 0, left = ones; left > 0; place++) {
      const bit = members.has(place) ? listed : 1 - listed;
      naive.code(bit);
      left -= bit;
    }
    const grid = gridOf(columns, ones, probabilities);
    const out = new Uint8Array(2 * n + 8);
    const room = random.below(3) === 0 ? random.below(n) : out.length;
    for (let to = 0; to < n; ) {
      to = Math.min(n, to + 1 + random.below(n));
      encodePlaces(out, room, grid, columns, positions, count, listed, gap, to);
    }
    assert.ok(out.subarray(room).every((byte) => byte === 0));
    if (grid[GRID_AT] > room) continue; // there was no room for them
    assert.is(grid[GRID_LEFT], 0);
    assert.is(grid[GRID_AT], Number(naive.bytes));
    assert.is(grid[GRID_RANGE], Number(naive.range));
    // what is written, and behind it the 24 bits that are not
    let written = 0n;
    for (let i = 0; i < grid[GRID_AT]; i++) written = 256n * written + BigInt(out[i]);
    assert.is(2n ** 24n * written + BigInt(grid[GRID_LOW]), naive.low);

    for (let i = 0; i < 3; i++) out[grid[GRID_AT] + i] = grid[GRID_LOW] >> (8 * (2 - i));
    const reader = gridOf(columns, ones, probabilities);
    reader[GRID_LOW] = (out[0] << 16) | (out[1] << 8) | out[2];
    reader[GRID_AT] = 3;
    const back = new Uint32Array(n);
    for (let to = 0; to < n; ) {
      to = Math.min(n, to + 1 + random.below(n));
      decodePlaces(back, n, out, out.length, reader, columns, listed, gap, to);
    }
    const last = reader[GRID_PLACE];
    assert.is(reader[GRID_LEFT], 0);
    assert.is(back.subarray(0, reader[GRID_LISTED]).join(), positions.filter((place) => place < last).join());
  }
});

test('a new row begins as the first one, with more places above', () => {
  for (let row = 0; row < 30; row++) {
    const grid = new Int32Array(GRID_COLUMNS + 4).fill(9);
    gridRow(grid, row);
    const fresh = new Int32Array(GRID_COLUMNS + 4).fill(9);
    gridRow(fresh, 0);
    assert.is(grid.filter((value, i) => value !== fresh[i]).length, row === 0 ? 0 : 2);
  }
});

test.run();
