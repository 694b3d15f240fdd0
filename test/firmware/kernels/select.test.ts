import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keepColumns, keepEachColumns } from '../../../firmware/kernels/keep.js';
import * as naive from '../../../firmware/kernels/naive/select.js';
import * as kernels from '../../../firmware/kernels/select.js';
import { Random } from '../../../shared/fixed/random.js';
import { checkTwin, filled } from './twin.js';

const test = suite('kernels/select');

test('keepLargest equals its twin: marks, ties, and what it clears', () => {
  const random = new Random(2);
  for (let trial = 0; trial < 1000; trial++) {
    const cols = 1 + random.below(60);
    const lanes = 1 + random.below(16);
    const lane = random.below(lanes);
    const signed = random.below(2) === 0;
    const most = [2, 127][random.below(2)];
    const keep = [1, cols, 1 + random.below(cols)][random.below(3)];
    const clearRest = random.below(2);
    const specs = {
      marks: { type: 'u8', values: filled(random, cols, 0, 1), out: true },
      histogram: { type: 'i32', values: new Int32Array(kernels.INPUT_BINS) },
      inputs: {
        type: signed ? 'i8' : 'u8',
        values: filled(random, cols * lanes, signed ? -most - 1 : 0, signed ? most : 2 * most + 1),
        out: true,
      },
    } as const;
    const scratch = new Int32Array(kernels.INPUT_BINS);
    checkTwin(
      random,
      specs,
      // biome-ignore format: arguments in groups
      ({ i8, u8, at }) => kernels.keepLargest(
        u8, at.marks, scratch, 0, signed ? i8 : u8, at.inputs, keep, clearRest, cols, lanes, lane,
      ),
      // biome-ignore format: arguments in groups
      ({ i8, u8, at }) => naive.keepLargest(
        u8, at.marks, scratch, 0, signed ? i8 : u8, at.inputs, keep, clearRest, cols, lanes, lane,
      ),
      `trial ${trial}`,
    );
  }
});

test('keepColumns equals its twin whatever the guess: list or marks, ties, what it clears, least input kept', () => {
  const random = new Random(4);
  for (let trial = 0; trial < 1500; trial++) {
    const cols = 1 + random.below(60);
    const lanes = random.below(2) === 0 ? 1 : 2 + random.below(15);
    const lane = random.below(lanes);
    const signed = random.below(2) === 0;
    const most = [2, 127][random.below(2)];
    const keep = [1, cols, 1 + random.below(cols)][random.below(3)];
    const allTies = random.below(2);
    const guess = [1, kernels.INPUT_BINS - 1, 1 + random.below(2 * most)][random.below(3)];
    const specs = {
      kept: { type: 'u16', values: new Uint16Array(cols), out: true },
      marks: { type: 'u8', values: filled(random, cols, 0, 1), out: true },
      inputs: {
        type: signed ? 'i8' : 'u8',
        values: filled(random, cols * lanes, signed ? -most - 1 : 0, signed ? most : 2 * most + 1),
        out: true,
      },
    } as const;
    const scratch = new Int32Array(kernels.INPUT_BINS).fill(7);
    const run =
      (kernel: typeof keepColumns) =>
      ({ i8, u8, u16, at }: ReturnType<typeof checkTwin<typeof specs>>) => {
        // biome-ignore format: arguments in groups
        const count = kernel(
          u16, at.kept, u8, at.marks, scratch, 0, signed ? i8 : u8, at.inputs, keep, allTies, guess, cols, lanes,
          lane,
        );
        // what it only looked at
        u16.fill(0, at.kept + (lanes === 1 ? count : 0), at.kept + cols);
        return count * kernels.INPUT_BINS + scratch[0];
      };
    checkTwin(random, specs, run(keepColumns), run(naive.keepColumns), `trial ${trial}`);
  }
});

test('keepEachColumns does it for one example after the other', () => {
  const random = new Random(6);
  for (let trial = 0; trial < 200; trial++) {
    const cols = 1 + random.below(60);
    const lanes = 1 + random.below(16);
    const from = random.below(lanes + 1);
    const to = from + random.below(lanes + 1 - from);
    const signed = random.below(2) === 0;
    const keep = 1 + random.below(cols);
    const allTies = random.below(2);
    const least = random.below(kernels.INPUT_BINS);
    const specs = {
      kept: { type: 'u16', values: new Uint16Array(cols), out: true },
      marks: { type: 'u8', values: new Uint8Array(cols), out: true },
      histogram: { type: 'i32', values: new Int32Array(kernels.INPUT_BINS), out: true },
      inputs: {
        type: signed ? 'i8' : 'u8',
        values: filled(random, cols * lanes, signed ? -128 : 0, signed ? 127 : 255),
        out: true,
      },
    } as const;
    // what is left of counting is nobody's
    const clear = ({ i32, u16, at }: ReturnType<typeof checkTwin<typeof specs>>, count: number) => {
      i32.fill(0, at.histogram + 1, at.histogram + kernels.INPUT_BINS);
      u16.fill(0, at.kept + (lanes === 1 ? count : 0), at.kept + cols);
      return count;
    };
    checkTwin(
      random,
      specs,
      (arena) => {
        const { i8, u8, u16, i32, at } = arena;
        // biome-ignore format: arguments in groups
        const count = keepEachColumns(
          u16, at.kept, u8, at.marks, i32, at.histogram, signed ? i8 : u8, at.inputs, keep, allTies, least,
          cols, lanes, from, to,
        );
        return clear(arena, count);
      },
      (arena) => {
        const { i8, u8, u16, i32, at } = arena;
        let count = 0;
        let low = least;
        for (let lane = from; lane < to; lane++) {
          // biome-ignore format: arguments in groups
          count = naive.keepColumns(
            u16, at.kept, u8, at.marks, i32, at.histogram, signed ? i8 : u8, at.inputs, keep, allTies, 1,
            cols, lanes, lane,
          );
          const threshold = i32[at.histogram];
          low = low === 0 ? threshold : Math.min(threshold, Math.floor(low + (threshold - low) / 8));
        }
        i32[at.histogram] = low;
        return clear(arena, count);
      },
      `trial ${trial}`,
    );
  }
});

test('an int8 input of -128 counts as the largest, and only it', () => {
  const marks = new Uint8Array(4);
  const inputs = Int8Array.of(127, -128, -127, 0);
  kernels.keepLargest(marks, 0, new Int32Array(kernels.INPUT_BINS), 0, inputs, 0, 1, 1, 4, 1, 0);
  assert.equal([...marks], [0, 1, 0, 0]);
  assert.equal([...inputs], [0, -128, 0, 0]);
});

test('listKept equals its twin and leaves no mark', () => {
  const random = new Random(3);
  for (let trial = 0; trial < 300; trial++) {
    const cols = 1 + random.below(60);
    const specs = {
      kept: { type: 'u16', values: new Uint16Array(cols), out: true },
      marks: { type: 'u8', values: filled(random, cols, 0, 1), out: true },
    } as const;
    checkTwin(
      random,
      specs,
      ({ u16, u8, i32, at }) => kernels.listKept(u16, at.kept, u8, at.marks, i32, cols),
      ({ u16, u8, i32, at }) => naive.listKept(u16, at.kept, u8, at.marks, i32, cols),
      `trial ${trial}`,
    );
  }
});

test.run();
