import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as kernels from '../../../firmware/kernels/activation.js';
import * as naive from '../../../firmware/kernels/naive/activation.js';
import { Random } from '../../../shared/fixed/random.js';
import { checkTwin, filled, ranges } from './twin.js';

const test = suite('kernels/activation');

const TRIALS = 400;
const MAX = 2147483647;

/** int32 sums with room for the rounding of a shift, and the values where the rounding turns. */
function sums(random: Random, n: number, shift: number): number[] {
  const half = (1 << shift) >> 1;
  const ends = [0, 1, -1, half, half - 1, -half, 1 - half, -half - 1, MAX - half, half - MAX];
  return Array.from({ length: n }, () => {
    if (random.below(3) === 0) return ends[random.below(ends.length)];
    return ((random.next() | 0) % (MAX - half)) >> random.below(31);
  });
}

test('reluForward equals its twin, whole or in ranges, and counts what it clips', () => {
  const random = new Random(1);
  let clips = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const n = 1 + random.below(70);
    const shift = random.below(25);
    const specs = {
      out: { type: 'u8', values: new Uint8Array(n), out: true },
      sums: { type: 'i32', values: sums(random, n, shift) },
    } as const;
    const cuts = ranges(random, n);
    checkTwin(
      random,
      specs,
      ({ u8, i32, at }) => {
        let clipped = 0;
        for (const [from, to] of cuts) {
          clipped += kernels.reluForward(u8, at.out, i32, at.sums, shift, 255, from, to);
        }
        clips += clipped;
        return clipped;
      },
      ({ u8, i32, at }) => naive.reluForward(u8, at.out, i32, at.sums, shift, 255, 0, n),
      `trial ${trial}`,
    );
  }
  assert.ok(clips > 100);
});

test('reluMask and largestMagnitude equal their twins, whole or in ranges', () => {
  const random = new Random(2);
  for (let trial = 0; trial < TRIALS; trial++) {
    const n = 1 + random.below(70);
    const specs = {
      dOutputs: { type: 'i32', values: sums(random, n, 0), out: true },
      activations: { type: 'u8', values: filled(random, n, 0, 255) },
    } as const;
    const cuts = ranges(random, n);
    const most = (part: (from: number, to: number) => number) =>
      Math.max(...cuts.map(([from, to]) => part(from, to)));
    checkTwin(
      random,
      specs,
      ({ u8, i32, at }) =>
        most((from, to) => kernels.reluMask(i32, at.dOutputs, u8, at.activations, from, to)),
      ({ u8, i32, at }) => naive.reluMask(i32, at.dOutputs, u8, at.activations, 0, n),
      `mask ${trial}`,
    );
    checkTwin(
      random,
      specs,
      ({ i32, at }) => most((from, to) => kernels.largestMagnitude(i32, at.dOutputs, from, to)),
      ({ i32, at }) => naive.largestMagnitude(i32, at.dOutputs, 0, n),
      `magnitude ${trial}`,
    );
    checkTwin(
      random,
      { values: { type: 'i16', values: filled(random, n, -32768, 32767) } } as const,
      ({ i16, at }) => most((from, to) => kernels.largestMagnitude(i16, at.values, from, to)),
      ({ i16, at }) => naive.largestMagnitude(i16, at.values, 0, n),
      `magnitude of int16 ${trial}`,
    );
  }
});

test('the largest magnitude of -2^31 is the largest int32', () => {
  const values = Int32Array.of(5, -2147483648, 7);
  assert.is(kernels.largestMagnitude(values, 0, 0, 3), 2147483647);
  assert.is(kernels.largestMagnitude(values, 0, 2, 3), 7);
});

test('quantizeErrors equals its twin, whole or in ranges', () => {
  const random = new Random(3);
  for (let trial = 0; trial < TRIALS; trial++) {
    const n = 1 + random.below(70);
    const shift = random.below(22);
    const specs = {
      errors: { type: 'i16', values: new Int16Array(n), out: true },
      dOutputs: { type: 'i32', values: sums(random, n, shift) },
    } as const;
    const cuts = ranges(random, n);
    checkTwin(
      random,
      specs,
      ({ i16, i32, at }) => {
        for (const [from, to] of cuts) {
          kernels.quantizeErrors(i16, at.errors, i32, at.dOutputs, shift, from, to);
        }
      },
      ({ i16, i32, at }) => naive.quantizeErrors(i16, at.errors, i32, at.dOutputs, shift, 0, n),
      `trial ${trial}`,
    );
  }
});

test('the largest error that the bounds allow keeps its sign', () => {
  const most = MAX - (1 << 20);
  const errors = new Int16Array(2);
  kernels.quantizeErrors(errors, 0, Int32Array.of(most, -most), 0, 21, 0, 2);
  assert.equal([...errors], [1023, -1023]);
});

test.run();
