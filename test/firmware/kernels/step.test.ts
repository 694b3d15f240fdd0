import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as naive from '../../../firmware/kernels/naive/step.js';
import { sparseWeightStep } from '../../../firmware/kernels/sparsestep.js';
import * as kernels from '../../../firmware/kernels/step.js';
import { fillNoise, NOISE_LENGTH } from '../../../shared/fixed/noise.js';
import { Random } from '../../../shared/fixed/random.js';
import { checkTwin, filled, ranges } from './twin.js';

const test = suite('kernels/step');

const TRIALS = 30; // for each number of lanes

/** @param clips 0: weights have room for a step */
function stepSpecs(
  random: Random,
  lanes: number,
  rows = 1 + random.below(14),
  cols = 1 + random.below(29),
  clips = 1,
) {
  const signed = random.below(2) === 0;
  const mantissa = random.below(5) === 0 ? 255 : random.below(256);
  const shift =
    clips === 0 ? 18 + random.below(13) : random.below(5) === 0 ? 30 * random.below(2) : random.below(31);
  const weightMax = random.below(3) === 0 ? (clips === 0 ? 5000 : 255) + random.below(1000) : 32767;
  const most = clips === 0 ? weightMax - ((lanes * 1023 * 255 * mantissa) >> shift) - 1 : weightMax;
  const noise = new Int32Array(NOISE_LENGTH);
  fillNoise(noise, 0, random.next());
  const share = 1 + random.below(4); // of 4
  const kept = Array.from({ length: cols }, (_, c) => c).filter(() => random.below(4) < share);
  const specs = {
    weights: { type: 'i16', values: filled(random, rows * cols, -most, most), out: true },
    errors: { type: 'i16', values: filled(random, rows * lanes, -1023, 1023) },
    inputs: {
      type: signed ? 'i8' : 'u8',
      values: filled(random, cols * lanes, signed ? -128 : 0, signed ? 127 : 255),
    },
    kept: { type: 'u16', values: kept },
    noise: { type: 'i32', values: noise },
  } as const;
  const turn = random.below(NOISE_LENGTH);
  return { rows, cols, signed, weightMax, clips, keptCount: kept.length, turn, mantissa, shift, specs };
}

type Step = ReturnType<typeof stepSpecs>;

/** The kernel in these ranges of rows beside its twin for all. @returns what the kernel clipped */
function checkSparse(
  random: Random,
  step: Step,
  lanes: number,
  cuts: readonly [number, number][],
  what: string,
): number {
  const { rows, cols, signed, weightMax, clips, keptCount, turn, mantissa, shift } = step;
  let clipped = 0;
  const sparse =
    (kernel: typeof sparseWeightStep) =>
    ({ i8, u8, i16, u16, i32, at }: ReturnType<typeof checkTwin<Step['specs']>>, from: number, to: number) =>
      // biome-ignore format: arguments in groups
      kernel(
        i16, at.weights, i16, at.errors, signed ? i8 : u8, at.inputs, u16, at.kept, keptCount,
        i32, at.noise, turn, mantissa, shift, weightMax, cols, lanes, from, to, clips,
      );
  checkTwin(
    random,
    step.specs,
    (arena) => {
      clipped = cuts.reduce((sum, [from, to]) => sum + sparse(sparseWeightStep)(arena, from, to), 0);
      return clipped;
    },
    (arena) => sparse(naive.sparseWeightStep)(arena, 0, rows),
    `sparse ${what}`,
  );
  return clipped;
}

test('both weight steps equal their twins, whole or in ranges of rows, and count what they clip', () => {
  const random = new Random(1);
  let clips = 0;
  for (let lanes = 1; lanes <= 16; lanes++) {
    for (let trial = 0; trial < TRIALS; trial++) {
      const step = stepSpecs(random, lanes);
      const { rows, cols, signed, weightMax, turn, mantissa, shift } = step;
      const what = `${rows} × ${cols}, ${lanes} lanes, trial ${trial}`;
      const cuts = ranges(random, rows);
      const total = (part: (from: number, to: number) => number) =>
        cuts.reduce((sum, [from, to]) => sum + part(from, to), 0);
      const dense =
        (kernel: typeof kernels.denseWeightStep) =>
        (
          { i8, u8, i16, i32, at }: ReturnType<typeof checkTwin<typeof step.specs>>,
          from: number,
          to: number,
        ) =>
          // biome-ignore format: arguments in groups
          kernel(
            i16, at.weights, i16, at.errors, signed ? i8 : u8, at.inputs, i32, at.noise, turn,
            mantissa, shift, weightMax, cols, lanes, from, to,
          );
      checkTwin(
        random,
        step.specs,
        (arena) => {
          const clipped = total((from, to) => dense(kernels.denseWeightStep)(arena, from, to));
          clips += clipped;
          return clipped;
        },
        (arena) => dense(naive.denseWeightStep)(arena, 0, rows),
        `dense ${what}`,
      );
      checkSparse(random, step, lanes, cuts, what);
    }
  }
  assert.ok(clips > 100);
});

test('where rows meet the same noise again a sparse step equals its twin', () => {
  const random = new Random(3);
  let clips = 0;
  for (const [cols, period] of [
    [128, 8],
    [256, 4],
    [768, 4],
    [512, 2],
    [1024, 1],
    [2048, 1],
  ]) {
    for (const lanes of [1, 8]) {
      for (let trial = 0; trial < 9; trial++) {
        const rows = 4 * period + random.below(3 * period);
        const step = stepSpecs(random, lanes, rows, cols, trial < 6 ? 1 : 0);
        const half = step.rows >> 1; // as few rows as this go another way
        const cuts: [number, number][] =
          trial % 3 === 0
            ? [
                [0, half],
                [half, step.rows],
              ]
            : [[0, step.rows]];
        clips += checkSparse(
          random,
          step,
          lanes,
          cuts,
          `${step.rows} × ${cols}, ${lanes} lanes, trial ${trial}`,
        );
      }
    }
  }
  assert.ok(clips > 100);
});

test('biasStep equals its twin for every shift', () => {
  const random = new Random(2);
  for (let lanes = 1; lanes <= 16; lanes++) {
    for (let shift = -6; shift <= 30; shift++) {
      const rows = 1 + random.below(20);
      const biasMax = 1 << 28;
      const mantissa = random.below(4) === 0 ? 255 : random.below(256);
      const specs = {
        biases: { type: 'i32', values: filled(random, rows, -biasMax, biasMax), out: true },
        errors: { type: 'i16', values: filled(random, rows * lanes, -1023, 1023) },
      } as const;
      checkTwin(
        random,
        specs,
        ({ i32, i16, at }) =>
          kernels.biasStep(i32, at.biases, i16, at.errors, mantissa, shift, biasMax, lanes, rows),
        ({ i32, i16, at }) =>
          naive.biasStep(i32, at.biases, i16, at.errors, mantissa, shift, biasMax, lanes, rows),
        `${lanes} lanes, shift ${shift}`,
      );
    }
  }
});

test('a weight steps by its own noise, whatever is stepped before it', () => {
  const noise = new Int32Array(NOISE_LENGTH);
  fillNoise(noise, 0, 9);
  const rows = 40;
  const cols = 50; // more weights than noise: it comes round
  const errors = Int16Array.from({ length: rows }, (_, r) => 3 * r - 60);
  const inputs = Uint8Array.from({ length: cols }, (_, c) => 5 * c);
  const step = (weights: Int16Array, from: number, to: number) =>
    // biome-ignore format: arguments in groups
    kernels.denseWeightStep(
      weights, 0, errors, 0, inputs, 0, noise, 0, 1000, 200, 18, 32767, cols, 1, from, to,
    );
  const forwards = new Int16Array(rows * cols);
  step(forwards, 0, rows);
  const backwards = new Int16Array(rows * cols);
  for (let r = rows - 1; r >= 0; r--) step(backwards, r, r + 1);
  assert.ok(forwards.every((w, i) => w === backwards[i]));
  assert.ok(forwards.some((w) => w !== 0));
});

test('over all noise the mean step is the gradient times the rate, exactly', () => {
  const shift = 10;
  const errors = Int16Array.of(7);
  const inputs = Uint8Array.of(3);
  const mantissa = 5; // 105 / 1024 of a unit
  const weights = new Int16Array(1);
  let sum = 0;
  for (let i = 0; i < 1024; i++) {
    weights[0] = 0;
    // biome-ignore format: arguments in groups
    kernels.denseWeightStep(
      weights, 0, errors, 0, inputs, 0, Int32Array.of(i << 20), 0, 0, mantissa, shift, 32767, 1, 1, 0, 1,
    );
    sum += weights[0];
  }
  assert.is(sum, -105);
});

test.run();
