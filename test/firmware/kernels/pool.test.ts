import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as naive from '../../../firmware/kernels/naive/pool.js';
import * as kernels from '../../../firmware/kernels/pool.js';
import { Random } from '../../../shared/fixed/random.js';
import { divideNearest } from '../../../shared/fixed/rounding.js';
import { ERROR_MAX, SUM_MAX } from '../../../shared/fixed/saturation.js';
import { storedOf } from '../../../shared/model/volume.js';
import { checkTwin, filled, ranges } from './twin.js';
import { geometryOf } from './window.js';

const test = suite('kernels/pool');

const TRIALS = 200;

const FORWARD = [
  [kernels.maxPoolForward, naive.maxPoolForward],
  [kernels.averagePoolForward, naive.averagePoolForward],
] as const;

test('each pooling kernel equals its twin, whole or in ranges of units', () => {
  const random = new Random(1);
  for (let trial = 0; trial < TRIALS; trial++) {
    const lanes = 1 + random.below(16);
    const channels = 1 + random.below(4);
    const { window, input, output, positions, table } = geometryOf(random, channels, channels, 1);
    const size = window.size[0] * window.size[1];
    const units = channels * positions;
    const specs = {
      out: { type: 'u8', values: filled(random, storedOf(output) * lanes, 0, 255), out: true },
      dInputs: { type: 'i32', values: filled(random, storedOf(input) * lanes, -99, 99), out: true },
      inputs: {
        type: 'u8',
        values: filled(random, storedOf(input) * lanes, 0, random.below(2) === 0 ? 3 : 255),
      },
      errors: { type: 'i16', values: filled(random, storedOf(output) * lanes, -1023, 1023) },
      table: { type: 'u16', values: table },
    } as const;
    const cuts = trial % 2 === 0 ? [[0, units] as const] : ranges(random, units);
    const factor = divideNearest(1 << kernels.AVERAGE_BITS, size);
    for (const [kernel, twin] of FORWARD) {
      const run = (from: number, to: number, kernel: typeof kernels.maxPoolForward) =>
        // biome-ignore format: arguments in groups
        ({ u8, u16, at }: ReturnType<typeof checkTwin<typeof specs>>) => kernel(
          u8, at.out, output.plane, u8, at.inputs, input.plane, u16, at.table, size, positions, lanes, from, to,
        );
      checkTwin(
        random,
        specs,
        (arena) => {
          for (const [from, to] of cuts) run(from, to, kernel)(arena);
        },
        run(0, units, twin),
        `${kernel.name} ${trial}`,
      );
    }
    const runMax = (from: number, to: number, kernel: typeof kernels.maxPoolGradient) =>
      // biome-ignore format: arguments in groups
      ({ u8, i16, u16, i32, at }: ReturnType<typeof checkTwin<typeof specs>>) => kernel(
        i32, at.dInputs, u8, at.inputs, input.plane, i16, at.errors, output.plane, u16, at.table, size,
        positions, lanes, from, to,
      );
    const runMean = (from: number, to: number, kernel: typeof kernels.averagePoolGradient) =>
      // biome-ignore format: arguments in groups
      ({ i16, u16, i32, at }: ReturnType<typeof checkTwin<typeof specs>>) => kernel(
        i32, at.dInputs, input.plane, i16, at.errors, output.plane, factor, u16, at.table, size, positions,
        lanes, from, to,
      );
    checkTwin(
      random,
      specs,
      (arena) => {
        for (const [from, to] of cuts) runMax(from, to, kernels.maxPoolGradient)(arena);
        for (const [from, to] of cuts) runMean(from, to, kernels.averagePoolGradient)(arena);
      },
      (arena) => {
        runMax(0, units, naive.maxPoolGradient)(arena);
        runMean(0, units, naive.averagePoolGradient)(arena);
      },
      `gradients ${trial}`,
    );
  }
});

test('of equal inputs the first gets the gradient of a maximum', () => {
  const dInputs = new Int32Array(4);
  const table = Uint16Array.of(0, 1, 2, 3, 0, 0); // one window of four
  // biome-ignore format: arguments in groups
  kernels.maxPoolGradient(
    dInputs, 0, Uint8Array.of(3, 7, 7, 0), 0, 4, Int16Array.of(-5), 0, 1, table, 0, 4, 1, 1, 0, 1,
  );
  assert.equal([...dInputs], [0, -5, 0, 0]);
});

test('a mean is rounded to nearest, ties up', () => {
  const out = new Uint8Array(4);
  const table = Uint16Array.of(0, 1, 0, 2, 4, 6, 0, 1, 2, 3); // windows of two
  // biome-ignore format: arguments in groups
  kernels.averagePoolForward(
    out, 0, 4, Uint8Array.of(0, 1, 2, 2, 254, 255, 255, 255), 0, 8, table, 0, 2, 4, 1, 0, 4,
  );
  assert.equal([...out], [1, 2, 255, 255]);
});

test('the largest gradient of a mean fits int32 for every size of window', () => {
  for (const size of [1, 2, 3, 7, 49, 255, 4096, 65_025, 65_535]) {
    const factor = divideNearest(1 << kernels.AVERAGE_BITS, size);
    assert.ok(size * ERROR_MAX * factor <= SUM_MAX, `size ${size}`); // all windows may read one value
    assert.ok(factor >= 1);
  }
});

test.run();
