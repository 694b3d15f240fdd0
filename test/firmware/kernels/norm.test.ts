import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as naive from '../../../firmware/kernels/naive/norm.js';
import * as kernels from '../../../firmware/kernels/norm.js';
import { Random } from '../../../shared/fixed/random.js';
import { checkTwin, filled } from './twin.js';

const test = suite('kernels/norm');

test('sums of squares equal their twins, of all, listed and marked values', () => {
  const random = new Random(1);
  for (let lanes = 1; lanes <= 16; lanes++) {
    for (let trial = 0; trial < 30; trial++) {
      const n = 1 + random.below(40);
      const from = random.below(n);
      const signed = random.below(2) === 0;
      const kept = Array.from({ length: n }, (_, i) => i).filter(() => random.below(3) > 0);
      const first = random.below(kept.length + 1);
      const specs = {
        sums: { type: 'i32', values: new Int32Array(lanes), out: true },
        inputs: {
          type: signed ? 'i8' : 'u8',
          values: filled(random, n * lanes, signed ? -128 : 0, signed ? 127 : 255),
        },
        errors: { type: 'i16', values: filled(random, n * lanes, -1023, 1023) },
        kept: { type: 'u16', values: kept },
        marks: { type: 'u8', values: filled(random, n, 0, 1) },
      } as const;
      const check = (
        what: string,
        call: (k: typeof kernels, a: ReturnType<typeof checkTwin<typeof specs>>) => void,
      ) =>
        checkTwin(
          random,
          specs,
          (a) => call(kernels, a),
          (a) => call(naive, a),
          `${what}, ${lanes} lanes, trial ${trial}`,
        );
      check('errors', (k, { i32, i16, at }) => k.sumSquares(i32, at.sums, i16, at.errors, lanes, from, n));
      check('inputs', (k, { i32, u8, i8, at }) =>
        k.sumSquares(i32, at.sums, signed ? i8 : u8, at.inputs, lanes, from, n),
      );
      check('listed', (k, { i32, u8, i8, u16, at }) =>
        // biome-ignore format: arguments in groups
        k.sumListedSquares(
          i32, at.sums, signed ? i8 : u8, at.inputs, u16, at.kept, lanes, first, kept.length,
        ),
      );
      check('marked', (k, { i32, u8, i8, at }) =>
        k.sumMarkedSquares(i32, at.sums, signed ? i8 : u8, at.inputs, u8, at.marks, lanes, from, n),
      );
    }
  }
});

test('square roots equal their twins', () => {
  const random = new Random(2);
  for (let trial = 0; trial < 100; trial++) {
    const lanes = 1 + random.below(16);
    const specs = {
      roots: {
        type: 'i32',
        values: filled(random, lanes, 0, 2 ** (1 + random.below(31)) - 1),
        out: true,
      },
    } as const;
    checkTwin(
      random,
      specs,
      ({ i32, at }) => kernels.squareRoots(i32, at.roots, lanes),
      ({ i32, at }) => naive.squareRoots(i32, at.roots, lanes),
      `trial ${trial}`,
    );
  }
});

test('the longest sums that a caller may ask for fit int32', () => {
  const sums = new Int32Array(1);
  kernels.sumSquares(sums, 0, new Int16Array(2048).fill(-1023), 0, 1, 0, 2048);
  assert.is(sums[0], 2048 * 1023 ** 2);
  kernels.sumSquares(sums, 0, new Uint8Array(32768).fill(255), 0, 1, 0, 32768);
  assert.is(sums[0], 32768 * 255 ** 2);
});

test.run();
