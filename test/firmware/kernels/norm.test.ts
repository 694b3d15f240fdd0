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

test('products of norms equal their twins, of all, listed and marked inputs, whole or lane by lane', () => {
  const random = new Random(2);
  for (let lanes = 1; lanes <= 16; lanes++) {
    for (let trial = 0; trial < 30; trial++) {
      const outputs = 1 + random.below(30);
      const cols = 1 + random.below(40);
      const signed = random.below(2) === 0;
      const over = trial % 3 === 0 ? 1 : 1 + random.below(32767);
      const times = 1 + random.below(over);
      const cut = random.below(lanes + 1);
      const kept = Array.from({ length: cols }, (_, i) => i).filter(() => random.below(3) > 0);
      const specs = {
        norms: { type: 'i32', values: new Int32Array(2), out: true },
        errors: { type: 'i16', values: filled(random, outputs * lanes, -1023, 1023) },
        inputs: {
          type: signed ? 'i8' : 'u8',
          values: filled(random, cols * lanes, signed ? -128 : 0, signed ? 127 : 255),
        },
        kept: { type: 'u16', values: kept },
        marks: { type: 'u8', values: filled(random, cols, 0, 1) },
      } as const;
      type Call = (
        k: typeof kernels | typeof naive,
        a: ReturnType<typeof checkTwin<typeof specs>>,
        ...lanesOf: [from: number, to: number]
      ) => void;
      const check = (what: string, call: Call) =>
        checkTwin(
          random,
          specs,
          (a) => {
            call(kernels, a, 0, cut);
            call(kernels, a, cut, lanes);
          },
          (a) => call(naive, a, 0, lanes),
          `${what}, ${lanes} lanes, trial ${trial}`,
        );
      check('all', (k, { i32, i16, u8, i8, at }, from, to) =>
        // biome-ignore format: arguments in groups
        k.addNorms(
          i32, at.norms, i16, at.errors, outputs, signed ? i8 : u8, at.inputs, cols, times, over,
          lanes, from, to,
        ),
      );
      check('listed', (k, { i32, i16, u8, i8, u16, at }, from, to) =>
        // biome-ignore format: arguments in groups
        k.addListedNorms(
          i32, at.norms, i16, at.errors, outputs, signed ? i8 : u8, at.inputs, u16, at.kept, kept.length,
          lanes, from, to,
        ),
      );
      check('marked', (k, { i32, i16, u8, i8, at }, from, to) =>
        // biome-ignore format: arguments in groups
        k.addMarkedNorms(
          i32, at.norms, i16, at.errors, outputs, signed ? i8 : u8, at.inputs, u8, at.marks, cols,
          times, over, lanes, from, to,
        ),
      );
    }
  }
});

test('the largest norms of sixteen examples fit two numbers', () => {
  const errors = new Int16Array(2048 * 16).fill(-1023);
  const inputs = new Uint8Array(32768 * 16).fill(255);
  const norms = new Int32Array(2);
  kernels.addNorms(norms, 0, errors, 0, 2048, inputs, 0, 32768, 1, 1, 16, 0, 16);
  const one = Math.floor(Math.sqrt(2048 * 1023 ** 2)) * Math.floor(Math.sqrt(32768 * 255 ** 2));
  assert.is(norms[0] * 65536 + norms[1], 16 * one);
  assert.ok(norms[0] < 2 ** 20 && norms[1] < 65536);
});

test('the longest sums that a caller may ask for fit int32', () => {
  const sums = new Int32Array(1);
  kernels.sumSquares(sums, 0, new Int16Array(2048).fill(-1023), 0, 1, 0, 2048);
  assert.is(sums[0], 2048 * 1023 ** 2);
  kernels.sumSquares(sums, 0, new Uint8Array(32768).fill(255), 0, 1, 0, 32768);
  assert.is(sums[0], 32768 * 255 ** 2);
});

test.run();
