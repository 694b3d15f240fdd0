import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as kernels from '../../../firmware/kernels/convstep.js';
import * as naive from '../../../firmware/kernels/naive/convstep.js';
import { biasStep } from '../../../firmware/kernels/step.js';
import { fillNoise, NOISE_LENGTH } from '../../../shared/fixed/noise.js';
import { Random } from '../../../shared/fixed/random.js';
import { ACTIVATION_MAX, ERROR_MAX } from '../../../shared/fixed/saturation.js';
import { BIAS_MAX, biasShiftMost, gradientCut, TERMS_MAX } from '../../../shared/model/bounds.js';
import { storedOf } from '../../../shared/model/volume.js';
import { checkTwin, filled, ranges } from './twin.js';
import { geometryOf } from './window.js';

const test = suite('kernels/convstep');

const TRIALS = 10; // for each number of lanes

function stepSpecs(random: Random, lanes: number) {
  const channels = 1 + random.below(3);
  const isDepthwise = random.below(3) === 0;
  const read = isDepthwise ? 1 : channels;
  const rows = isDepthwise ? channels : 1 + random.below(5);
  const { window, input, output, positions, table } = geometryOf(random, channels, rows, read);
  const cols = read * window.size[0] * window.size[1];
  const signed = random.below(2) === 0;
  const weightMax = random.below(3) === 0 ? 255 + random.below(1000) : 32767;
  const noise = new Int32Array(NOISE_LENGTH);
  fillNoise(noise, 0, random.next());
  const specs = {
    weights: { type: 'i16', values: filled(random, rows * cols, -weightMax, weightMax), out: true },
    kept: { type: 'u16', values: new Uint16Array(positions), out: true },
    marks: { type: 'u8', values: filled(random, storedOf(input), 0, 1) },
    errors: { type: 'i16', values: filled(random, storedOf(output) * lanes, -1023, 1023) },
    inputs: {
      type: signed ? 'i8' : 'u8',
      values: filled(random, storedOf(input) * lanes, signed ? -128 : 0, signed ? 127 : 255),
    },
    table: { type: 'u16', values: table },
    noise: { type: 'i32', values: noise },
  } as const;
  const numbers = {
    turn: random.below(NOISE_LENGTH),
    cut: gradientCut(positions * lanes),
    mantissa: random.below(5) === 0 ? 255 : random.below(256),
    shift: random.below(5) === 0 ? 30 * random.below(2) : random.below(31),
    rowStep: isDepthwise ? input.plane : 0,
  };
  return { rows, cols, positions, input, output, signed, weightMax, isDepthwise, ...numbers, specs };
}

type StepArena = ReturnType<typeof checkTwin<ReturnType<typeof stepSpecs>['specs']>>;

test('convWeightStep equals its twin, whole or in ranges of weights, and counts what it clips', () => {
  const random = new Random(1);
  let clips = 0;
  for (let lanes = 1; lanes <= 16; lanes++) {
    for (let trial = 0; trial < TRIALS; trial++) {
      const s = stepSpecs(random, lanes);
      const run =
        (kernel: typeof kernels.convWeightStep) =>
        ({ i8, u8, i16, u16, i32, at }: StepArena, from: number, to: number) =>
          // biome-ignore format: arguments in groups
          kernel(
            i16, at.weights, i16, at.errors, s.output.plane, s.signed ? i8 : u8, at.inputs, s.rowStep,
            u16, at.table, i32, at.noise, s.turn, s.cut, s.mantissa, s.shift, s.weightMax, s.cols,
            s.positions, lanes, from, to,
          );
      const count = s.rows * s.cols;
      const cuts = ranges(random, count);
      checkTwin(
        random,
        s.specs,
        (arena) => {
          const clipped = cuts.reduce(
            (sum, [from, to]) => sum + run(kernels.convWeightStep)(arena, from, to),
            0,
          );
          clips += clipped;
          return clipped;
        },
        (arena) => run(naive.convWeightStep)(arena, 0, count),
        `${s.rows} × ${s.cols} × ${s.positions}, ${lanes} lanes, trial ${trial}`,
      );
    }
  }
  assert.ok(clips > 100);
});

test('listPositions and sparseConvWeightStep equal their twins, row by row or together', () => {
  const random = new Random(2);
  let listed = 0;
  for (let lanes = 1; lanes <= 16; lanes++) {
    for (let trial = 0; trial < TRIALS; trial++) {
      const s = stepSpecs(random, lanes);
      const run =
        ({ listPositions, sparseConvWeightStep }: typeof naive, isSplit: boolean) =>
        ({ i8, u8, i16, u16, i32, at }: StepArena) => {
          let clipped = 0;
          for (let group = 0; group < (s.isDepthwise ? s.rows : 1); group++) {
            const end = s.isDepthwise ? group + 1 : s.rows;
            for (let c = 0; c < s.cols; c++) {
              const place = group * s.rowStep + u16[at.table + c];
              // biome-ignore format: arguments in groups
              const count = listPositions(
                u16, at.kept, u8, at.marks, place, u16, at.table + s.cols, s.positions,
              );
              listed += count;
              const cuts = isSplit ? ranges(random, end - group) : [[0, end - group] as const];
              for (const [from, to] of cuts) {
                // biome-ignore format: arguments in groups
                clipped += sparseConvWeightStep(
                  i16, at.weights, i16, at.errors, s.output.plane, s.signed ? i8 : u8, at.inputs, place,
                  u16, at.kept, count, u16, at.table, i32, at.noise, s.turn, s.cut, s.mantissa, s.shift,
                  s.weightMax, c, s.cols, s.positions, lanes, group + from, group + to,
                );
              }
            }
          }
          return clipped;
        };
      checkTwin(random, s.specs, run(kernels, true), run(naive, false), `${lanes} lanes, trial ${trial}`);
    }
  }
  assert.ok(listed > 1000);
});

test('markedConvWeightStep does it for all columns, in any pieces, and counts positions', () => {
  const random = new Random(5);
  for (let lanes = 1; lanes <= 16; lanes++) {
    for (let trial = 0; trial < TRIALS; trial++) {
      const s = stepSpecs(random, lanes);
      const specs = { ...s.specs, used: { type: 'i32', values: [7], out: true } } as const;
      const numbers = [s.turn, s.cut, s.mantissa, s.shift, s.weightMax] as const;
      const cuts = ranges(random, s.rows * s.cols);
      checkTwin(
        random,
        specs,
        ({ i8, u8, i16, u16, i32, at }) => {
          let clipped = 0;
          for (const [from, to] of cuts) {
            // biome-ignore format: arguments in groups
            clipped += kernels.markedConvWeightStep(
              i16, at.weights, i16, at.errors, s.output.plane, s.signed ? i8 : u8, at.inputs, s.rowStep,
              u16, at.kept, u8, at.marks, i32, at.used, u16, at.table, i32, at.noise, ...numbers,
              s.rows, s.cols, s.positions, lanes, from, to,
            );
          }
          u16.fill(0, at.kept, at.kept + s.positions);
          return clipped;
        },
        ({ i8, u8, i16, u16, i32, at }) => {
          let clipped = 0;
          for (let c = 0; c < s.cols; c++) {
            for (let r = 0; r < s.rows; r++) {
              const place = r * s.rowStep + u16[at.table + c];
              // biome-ignore format: arguments in groups
              const count = naive.listPositions(
                u16, at.kept, u8, at.marks, place, u16, at.table + s.cols, s.positions,
              );
              i32[at.used] += count;
              // biome-ignore format: arguments in groups
              clipped += naive.sparseConvWeightStep(
                i16, at.weights, i16, at.errors, s.output.plane, s.signed ? i8 : u8, at.inputs, place,
                u16, at.kept, count, u16, at.table, i32, at.noise, ...numbers, c, s.cols, s.positions,
                lanes, r, r + 1,
              );
            }
          }
          u16.fill(0, at.kept, at.kept + s.positions);
          return clipped;
        },
        `${s.rows} × ${s.cols} × ${s.positions}, ${lanes} lanes, trial ${trial}`,
      );
    }
  }
});

test('inputs that are not kept count as 0: with all of them cleared, the dense step is the same', () => {
  const random = new Random(3);
  for (let trial = 0; trial < 60; trial++) {
    const lanes = 1 + random.below(9);
    const s = stepSpecs(random, lanes);
    const marks = s.specs.marks.values;
    const inputs = Array.from(s.specs.inputs.values, (x, i) => (marks[Math.floor(i / lanes)] === 1 ? x : 0));
    const cleared = { ...s.specs, inputs: { ...s.specs.inputs, values: inputs } };
    checkTwin(
      random,
      { ...cleared, kept: { ...cleared.kept, values: Array.from({ length: s.positions }, (_, p) => p) } },
      ({ i8, u8, i16, u16, i32, at }) => {
        const kept = new Uint16Array(s.positions); // a list of its own: `kept` stays as it is
        for (let r = 0; r < s.rows; r++) {
          for (let c = 0; c < s.cols; c++) {
            const place = r * s.rowStep + u16[at.table + c];
            // biome-ignore format: arguments in groups
            const count = kernels.listPositions(
              kept, 0, u8, at.marks, place, u16, at.table + s.cols, s.positions,
            );
            // biome-ignore format: arguments in groups
            kernels.sparseConvWeightStep(
              i16, at.weights, i16, at.errors, s.output.plane, s.signed ? i8 : u8, at.inputs, place,
              kept, 0, count, u16, at.table, i32, at.noise, s.turn, s.cut, s.mantissa, s.shift,
              s.weightMax, c, s.cols, s.positions, lanes, r, r + 1,
            );
          }
        }
      },
      ({ i8, u8, i16, u16, i32, at }) => {
        // biome-ignore format: arguments in groups
        kernels.convWeightStep(
          i16, at.weights, i16, at.errors, s.output.plane, s.signed ? i8 : u8, at.inputs, s.rowStep,
          u16, at.table, i32, at.noise, s.turn, s.cut, s.mantissa, s.shift, s.weightMax, s.cols,
          s.positions, lanes, 0, s.rows * s.cols,
        );
      },
      `trial ${trial}`,
    );
  }
});

test('the largest steps of a weight and of a bias fit int32, for any count of products', () => {
  const noise = new Int32Array(NOISE_LENGTH).fill(2 ** 30 - 1);
  for (const terms of [1, 16, 17, 104, 128, 129, 784, 1568, 6000, TERMS_MAX]) {
    const table = new Uint16Array(1 + 2 * terms); // one weight; all positions read and write one place
    for (const shift of [0, 15, 30]) {
      for (const sign of [1, -1]) {
        const weights = new Int16Array(1);
        const cut = gradientCut(terms);
        // biome-ignore format: arguments in groups
        kernels.convWeightStep(
          weights, 0, Int16Array.of(sign * ERROR_MAX), 0, 1, Uint8Array.of(ACTIVATION_MAX), 0, 0, table, 0,
          noise, 0, 0, cut, 255, shift, 32767, 1, terms, 1, 0, 1,
        );
        const sum = BigInt(sign * terms) * BigInt(ERROR_MAX * ACTIVATION_MAX);
        const rounded = (sum + (1n << BigInt(cut)) / 2n) >> BigInt(cut);
        const product = rounded * 255n + (1n << BigInt(shift)) - 1n;
        assert.ok(sum + (1n << BigInt(cut)) < 2n ** 31n && product < 2n ** 31n && product >= -(2n ** 31n));
        const step = product >> BigInt(shift);
        const limited = step > 32767n ? 32767n : step < -32767n ? -32767n : step;
        assert.is(BigInt(weights[0]), -limited, `${terms} terms, shift ${shift}`);
      }
    }
    const most = biasShiftMost(terms);
    assert.ok(terms * ERROR_MAX * 255 * 2 ** most < 2 ** 31 && terms * ERROR_MAX * 255 + 2 ** 29 < 2 ** 31);
    const biases = Int32Array.of(0);
    biasStep(biases, 0, new Int16Array(terms).fill(ERROR_MAX), 0, 255, -most, BIAS_MAX, terms, 1);
    assert.is(biases[0], -Math.min(BIAS_MAX, terms * ERROR_MAX * 255 * 2 ** most));
  }
});

test('a dense layer keeps every bit of a gradient', () => {
  for (let lanes = 1; lanes <= 16; lanes++) assert.is(gradientCut(lanes), 0);
  assert.equal([17, 32, 33, 64, TERMS_MAX].map(gradientCut), [1, 1, 2, 2, 9]);
});

test.run();
