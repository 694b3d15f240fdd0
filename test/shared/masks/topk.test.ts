import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import {
  LOW_BINS,
  TOPK_BIN,
  TOPK_MAX,
  TOPK_STATE,
  TOPK_THRESHOLD,
  TOPK_TIES,
  type TopkValues,
  topkCountHigh,
  topkCountLow,
} from '../../../shared/masks/count.js';
import { topkTake } from '../../../shared/masks/take.js';
import {
  selectTopk,
  topkBegin,
  topkFindBin,
  topkFindFrom,
  topkFindThreshold,
  topkFloor,
  topkThreshold,
} from '../../../shared/masks/topk.js';

const test = suite('masks/topk');
const state = new Int32Array(TOPK_STATE);

/** The slow twin: a sort by magnitude, then by index. */
function sorted(values: TopkValues, offset: number, n: number, k: number): number[] {
  const places = Array.from({ length: n }, (_, i) => i);
  places.sort((a, b) => Math.abs(values[offset + b]) - Math.abs(values[offset + a]) || a - b);
  return places.slice(0, k).sort((a, b) => a - b);
}

function selected(values: TopkValues, offset: number, n: number, k: number): number[] {
  const out = new Uint32Array(k);
  selectTopk(out, state, values, offset, n, k);
  return [...out];
}

/** The same in blocks of random length; the counting passes visit them in descending order. */
function selectedInBlocks(values: TopkValues, n: number, k: number, random: Random): number[] {
  const cuts = [0];
  while (cuts[cuts.length - 1] < n) {
    cuts.push(Math.min(n, cuts[cuts.length - 1] + 1 + random.below(50)));
  }
  const out = new Uint32Array(k);
  topkBegin(state, k);
  for (let b = cuts.length - 1; b > 0; b--) topkCountHigh(state, values, cuts[b - 1], cuts[b]);
  topkFindBin(state);
  for (let b = cuts.length - 1; b > 0; b--) topkCountLow(state, values, cuts[b - 1], cuts[b]);
  topkFindThreshold(state);
  let taken = 0;
  for (let b = 1; b < cuts.length; b++) {
    const start = cuts[b - 1];
    const block = values.slice(start, cuts[b]); // a board copies a block from flash to its buffer
    taken += topkTake(out, taken, k - taken, state, block, 0, block.length, start);
  }
  assert.is(taken, k);
  return [...out];
}

/** Values with many ties (small range) or few (full range). */
function filled<T extends TopkValues>(values: T, range: number, random: Random): T {
  for (let i = 0; i < values.length; i++) values[i] = random.below(2 * range + 1) - range;
  return values;
}

test('selects what a sort selects, ties to the lower index', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 400; trial++) {
    const n = 1 + random.below(300);
    const range = [1, 3, 127, 600, 32767, TOPK_MAX][random.below(6)];
    const offset = random.below(20);
    const arrays: TopkValues[] = [new Int32Array(offset + n)];
    if (range <= 32767) arrays.push(new Int16Array(offset + n));
    if (range <= 127) arrays.push(new Int8Array(offset + n), new Uint8Array(offset + n));
    for (const values of arrays) {
      filled(values, range, random);
      const k = 1 + random.below(n);
      assert.is(selected(values, offset, n, k).join(), sorted(values, offset, n, k).join());
    }
  }
});

test('blocks of any length give the same positions', () => {
  const random = new Random(2);
  for (let trial = 0; trial < 200; trial++) {
    const n = 1 + random.below(400);
    const values = filled(new Int16Array(n), [2, 100, 32767][random.below(3)], random);
    const k = 1 + random.below(n);
    assert.is(selectedInBlocks(values, n, k, random).join(), sorted(values, 0, n, k).join());
  }
});

test('k = n selects every place, zeros too', () => {
  const all = [0, 1, 2, 3, 4];
  assert.equal(selected(Int16Array.of(0, -3, 0, 7, 0), 0, 5, 5), all);
  assert.equal(selected(new Int16Array(5), 0, 5, 5), all);
});

test('k = 0 selects nothing', () => {
  assert.equal(selected(Int32Array.of(TOPK_MAX, 0, 1), 0, 3, 0), []);
});

test('equal magnitudes give the first places, whatever their sign', () => {
  assert.equal(selected(Int16Array.of(-5, 5, 5, -5, 5), 0, 5, 3), [0, 1, 2]);
  assert.equal(selected(new Uint8Array(6), 0, 6, 2), [0, 1]);
});

test('the ends of each range are told apart', () => {
  assert.equal(selected(Int16Array.of(32767, -32768, 32767), 0, 3, 1), [1]);
  assert.equal(selected(Int32Array.of(TOPK_MAX - 1, -TOPK_MAX, 65535), 0, 3, 1), [1]);
  assert.equal(selected(Int8Array.of(127, -128, 127), 0, 3, 2), [0, 1]);
  assert.equal(selected(Uint8Array.of(254, 255, 0), 0, 3, 1), [1]);
});

test('the threshold comes with the number of ties to keep', () => {
  topkThreshold(state, Int16Array.of(9, 600, -600, 3, 600, -2000), 0, 6, 3);
  assert.is(state[TOPK_THRESHOLD], 600);
  assert.is(state[TOPK_TIES], 2);
});

test('more than there are is refused', () => {
  assert.throws(
    () => selectTopk(new Uint32Array(4), state, new Int16Array(3), 0, 3, 4),
    (e: unknown) => e instanceof RangeError,
  );
});

test('a guess of the threshold changes nothing: it is right, or it is given up', () => {
  const random = new Random(7);
  let found = 0;
  for (let trial = 0; trial < 400; trial++) {
    const range = [1, 127, 600, 32767][trial % 4];
    const numbers = Array.from({ length: 1 + random.below(300) }, () => random.below(2 * range + 1) - range);
    const kinds = trial % 4 < 2 ? [Int8Array, Uint8Array, Int16Array, Int32Array] : [Int16Array, Int32Array];
    const values = kinds[random.below(kinds.length)].from(numbers);
    const k = 1 + random.below(values.length);
    topkThreshold(state, values, 0, values.length, k);
    const [threshold, ties] = [state[TOPK_THRESHOLD], state[TOPK_TIES]];
    const floor = topkFloor(Math.max(1, threshold + random.below(800) - 400));
    topkBegin(state, k);
    for (const value of values) {
      const bin = Math.abs(value) - floor;
      if (bin >= LOW_BINS) state[TOPK_BIN]++;
      else if (bin > 0) state[bin]++;
    }
    if (!topkFindFrom(state, floor)) continue;
    found++;
    assert.equal([state[TOPK_THRESHOLD], state[TOPK_TIES]], [threshold, ties], `trial ${trial}`);
  }
  assert.ok(found > 150 && found < 400, `${found} found`);
});

test('the floor lies below the guess, by a thirtieth of it', () => {
  assert.equal([1, 2, 31, 32, 3200, 131071].map(topkFloor), [0, 1, 30, 30, 3099, 130815]);
});

test.run();
