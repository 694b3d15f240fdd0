import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as dense from '../../../firmware/kernels/conv.js';
import * as naive from '../../../firmware/kernels/naive/conv.js';
import * as sparse from '../../../firmware/kernels/sparseconv.js';
import { Random } from '../../../shared/fixed/random.js';
import { ERROR_MAX, SUM_MAX } from '../../../shared/fixed/saturation.js';
import { weightMaxOf } from '../../../shared/model/bounds.js';
import { layoutOf } from '../../../shared/model/layout.js';
import { fillPlaces, storedOf, valuesOf } from '../../../shared/model/volume.js';
import { type Arena, checkTwin, filled, ranges } from './twin.js';
import { geometryOf, storedPlace, windowAt } from './window.js';

const test = suite('kernels/conv');

const TRIALS = 12; // for each number of lanes

/** A random convolution, depthwise or not, and a random batch; densities from empty rows to every weight. */
function convSpecs(random: Random, lanes: number) {
  const channels = 1 + random.below(4);
  const isDepthwise = random.below(3) === 0;
  const read = isDepthwise ? 1 : channels;
  const rows = isDepthwise ? channels : 1 + random.below(6);
  const geometry = geometryOf(random, channels, rows, read);
  const { window, input, output, positions, table } = geometry;
  const cols = read * window.size[0] * window.size[1];
  const signed = random.below(2) === 0;
  const density = random.below(5); // of 4
  const rowStarts = [0];
  const columns: number[] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) if (random.below(4) < density) columns.push(c);
    rowStarts.push(columns.length);
  }
  const inputs = filled(random, valuesOf(input) * lanes, signed ? -128 : 0, signed ? 127 : 255);
  const stored = new Int32Array(storedOf(input) * lanes);
  for (let i = 0; i < inputs.length; i++) {
    stored[storedPlace(input, Math.floor(i / lanes)) * lanes + (i % lanes)] = inputs[i];
  }
  const specs = {
    sums: { type: 'i32', values: filled(random, storedOf(output) * lanes, -9, 9), out: true },
    dInputs: { type: 'i32', values: filled(random, storedOf(input) * lanes, -1000, 1000), out: true },
    weights: { type: 'i16', values: filled(random, rows * cols, -32767, 32767) },
    biases: { type: 'i32', values: filled(random, rows, -(1 << 28), 1 << 28) },
    inputs: { type: signed ? 'i8' : 'u8', values: stored },
    errors: { type: 'i16', values: filled(random, storedOf(output) * lanes, -1023, 1023) },
    rowStarts: { type: 'i32', values: rowStarts },
    columns: { type: 'u16', values: columns },
    table: { type: 'u16', values: table },
  } as const;
  const rowStep = isDepthwise ? input.plane : 0;
  return { rows, cols, read, isDepthwise, signed, rowStep, positions, geometry, inputs, specs };
}

type Conv = ReturnType<typeof convSpecs>;
type ConvArena = Arena<Conv['specs']>;
type Run = (arena: ConvArena, from: number, to: number) => void;

function forward(kernel: typeof dense.convForward, lanes: number, conv: Conv): Run {
  const { signed, rowStep, cols, positions, geometry } = conv;
  return ({ i8, u8, i16, u16, i32, at }, from, to) =>
    // biome-ignore format: arguments in groups
    kernel(
      i32, at.sums, geometry.output.plane, i16, at.weights, i32, at.biases, signed ? i8 : u8, at.inputs, rowStep,
      u16, at.table, cols, positions, lanes, from, to,
    );
}

function forwardSparse(kernel: typeof sparse.sparseConvForward, lanes: number, conv: Conv): Run {
  const { signed, rowStep, cols, positions, geometry } = conv;
  return ({ i8, u8, i16, u16, i32, at }, from, to) =>
    // biome-ignore format: arguments in groups
    kernel(
      i32, at.sums, geometry.output.plane, i16, at.weights, i32, at.biases, i32, at.rowStarts, u16, at.columns,
      signed ? i8 : u8, at.inputs, rowStep, u16, at.table, cols, positions, lanes, from, to,
    );
}

function gradient(kernel: typeof dense.convInputGradient, lanes: number, conv: Conv): Run {
  const { rowStep, cols, positions, geometry } = conv;
  return ({ i16, u16, i32, at }, from, to) =>
    // biome-ignore format: arguments in groups
    kernel(
      i32, at.dInputs, rowStep, i16, at.weights, i16, at.errors, geometry.output.plane, u16, at.table,
      cols, positions, lanes, from, to,
    );
}

function gradientSparse(kernel: typeof sparse.sparseConvInputGradient, lanes: number, conv: Conv): Run {
  const { rowStep, cols, positions, geometry } = conv;
  return ({ i16, u16, i32, at }, from, to) =>
    // biome-ignore format: arguments in groups
    kernel(
      i32, at.dInputs, rowStep, i16, at.weights, i32, at.rowStarts, u16, at.columns, i16, at.errors,
      geometry.output.plane, u16, at.table, cols, positions, lanes, from, to,
    );
}

/** One call of the twin over all units, against one call of the kernel and against calls in ranges. */
function checkAll(seed: number, make: (lanes: number, conv: Conv) => [Run, Run]): void {
  const random = new Random(seed);
  for (let lanes = 1; lanes <= 16; lanes++) {
    for (let trial = 0; trial < TRIALS; trial++) {
      const conv = convSpecs(random, lanes);
      const units = conv.rows * conv.positions;
      const [kernel, twin] = make(lanes, conv);
      const cuts = trial % 2 === 0 ? [[0, units] as const] : ranges(random, units);
      checkTwin(
        random,
        conv.specs,
        (arena) => {
          for (const [from, to] of cuts) kernel(arena, from, to);
        },
        (arena) => twin(arena, 0, units),
        `${conv.rows} × ${conv.cols} × ${conv.positions}, ${lanes} lanes, trial ${trial}`,
      );
    }
  }
}

test('convForward equals its twin, whole or in ranges of units', () => {
  checkAll(1, (lanes, conv) => [
    forward(dense.convForward, lanes, conv),
    forward(naive.convForward, lanes, conv),
  ]);
});

test('convInputGradient adds what its twin adds, whole or in ranges of units', () => {
  checkAll(2, (lanes, conv) => [
    gradient(dense.convInputGradient, lanes, conv),
    gradient(naive.convInputGradient, lanes, conv),
  ]);
});

test('sparseConvForward equals its twin, whole or in ranges of units', () => {
  checkAll(3, (lanes, conv) => [
    forwardSparse(sparse.sparseConvForward, lanes, conv),
    forwardSparse(naive.sparseConvForward, lanes, conv),
  ]);
});

test('sparseConvInputGradient adds what its twin adds, whole or in ranges of units', () => {
  checkAll(4, (lanes, conv) => [
    gradientSparse(sparse.sparseConvInputGradient, lanes, conv),
    gradientSparse(naive.sparseConvInputGradient, lanes, conv),
  ]);
});

test('the largest input gradient of a convolution fits int32: every window and row at its bound', () => {
  const size = [3, 3] as const;
  for (const [rows, step, overlap] of [
    [64, 1, 9],
    [200, 1, 9],
    [100, 2, 4],
  ]) {
    const kind = { kind: 'conv2d', kernel: size, stride: [step, step], padding: 'same' } as const;
    const layer = layoutOf({
      name: 'bound',
      input: { shape: [7, 7], type: 'uint8', exp: -8 },
      layers: [
        { ...kind, stride: [1, 1], channels: 1 },
        { ...kind, channels: rows },
        { kind: 'dense', units: 2 },
      ],
    }).layers[1];
    const { input, output, positions } = layer;
    const weightMax = weightMaxOf(layer, false);
    const table = new Uint16Array(9 + 2 * positions);
    fillPlaces(table, 0, { size, stride: [step, step] }, 1, input, output);
    for (const sign of [1, -1]) {
      const weights = new Int16Array(rows * 9).fill(sign * weightMax);
      const errors = new Int16Array(storedOf(output)).fill(ERROR_MAX);
      const dInputs = new Int32Array(storedOf(input));
      // biome-ignore format: arguments in groups
      dense.convInputGradient(
        dInputs, 0, 0, weights, 0, errors, 0, output.plane, table, 0, 9, positions, 1, 0, rows * positions,
      );
      const most = dInputs.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
      assert.is(most, sign * rows * overlap * weightMax * ERROR_MAX);
      assert.ok(Math.abs(most) + 2 ** 20 <= SUM_MAX);
    }
  }
});

test('the table and the border of zeros give the convolution of the textbook, with its input gradient', () => {
  const random = new Random(5);
  for (let trial = 0; trial < 150; trial++) {
    const lanes = 1 + random.below(3);
    const conv = convSpecs(random, lanes);
    const { rows, cols, read, isDepthwise, positions, geometry, inputs, specs } = conv;
    const { input, output } = geometry;
    const twin = forward(naive.convForward, lanes, conv);
    const back = gradient(naive.convInputGradient, lanes, conv);
    const arena = checkTwin(
      random,
      specs,
      (a) => {
        twin(a, 0, rows * positions);
        back(a, 0, rows * positions);
      },
      (a) => {
        forward(dense.convForward, lanes, conv)(a, 0, rows * positions);
        gradient(dense.convInputGradient, lanes, conv)(a, 0, rows * positions);
      },
      `trial ${trial}`,
    );
    const dInputs = Float64Array.from({ length: valuesOf(input) * lanes }, (_, i) => {
      return specs.dInputs.values[storedPlace(input, Math.floor(i / lanes)) * lanes + (i % lanes)];
    });
    for (let r = 0; r < rows; r++) {
      for (let p = 0; p < positions; p++) {
        const out = storedPlace(output, r * positions + p);
        for (let lane = 0; lane < lanes; lane++) {
          let sum = specs.biases.values[r];
          for (const [c, place] of windowAt(geometry, isDepthwise ? r : 0, read, p)) {
            const w = specs.weights.values[r * cols + c];
            sum += w * inputs[place * lanes + lane];
            dInputs[place * lanes + lane] += w * specs.errors.values[out * lanes + lane];
          }
          assert.is(
            arena.i32[arena.at.sums + out * lanes + lane],
            sum,
            `trial ${trial}, row ${r}, position ${p}`,
          );
        }
      }
    }
    for (let i = 0; i < dInputs.length; i++) {
      const stored = storedPlace(input, Math.floor(i / lanes)) * lanes + (i % lanes);
      assert.is(arena.i32[arena.at.dInputs + stored], dInputs[i], `trial ${trial}, input ${i}`);
    }
  }
});

test.run();
