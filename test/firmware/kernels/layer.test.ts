import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { denseForward, denseInputGradient } from '../../../firmware/kernels/dense.js';
import * as naiveDense from '../../../firmware/kernels/naive/dense.js';
import * as naiveSparse from '../../../firmware/kernels/naive/sparse.js';
import { largestActive, sparseForward, sparseInputGradient } from '../../../firmware/kernels/sparse.js';
import { Random } from '../../../shared/fixed/random.js';
import { type Arena, checkTwin, filled, ranges } from './twin.js';

const test = suite('kernels/layer');

const TRIALS = 40; // for each number of lanes

/** A random layer and a random batch; densities from empty rows to every weight. */
function layerSpecs(random: Random, lanes: number) {
  const rows = 1 + random.below(19);
  const cols = 1 + random.below(37);
  const signed = random.below(2) === 0;
  const density = random.below(5); // of 4
  const rowStarts = [0];
  const columns: number[] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) if (random.below(4) < density) columns.push(c);
    rowStarts.push(columns.length);
  }
  const specs = {
    sums: { type: 'i32', values: new Int32Array(rows * lanes), out: true },
    dInputs: { type: 'i32', values: filled(random, cols * lanes, -1000, 1000), out: true },
    weights: { type: 'i16', values: filled(random, rows * cols, -32767, 32767) },
    biases: { type: 'i32', values: filled(random, rows, -(1 << 28), 1 << 28) },
    inputs: {
      type: signed ? 'i8' : 'u8',
      values: filled(random, cols * lanes, signed ? -128 : 0, signed ? 127 : 255),
    },
    errors: { type: 'i16', values: filled(random, rows * lanes, -1023, 1023) },
    rowStarts: { type: 'i32', values: rowStarts },
    columns: { type: 'u16', values: columns },
  } as const;
  return { rows, cols, signed, specs };
}

type LayerArena = Arena<ReturnType<typeof layerSpecs>['specs']>;
type Layer = ReturnType<typeof layerSpecs>;

function forward(kernel: typeof denseForward, lanes: number, { cols, signed }: Layer) {
  return ({ i8, u8, i16, i32, at }: LayerArena, from: number, to: number) =>
    // biome-ignore format: arguments in groups
    kernel(
      i32, at.sums, i16, at.weights, i32, at.biases, signed ? i8 : u8, at.inputs, cols, lanes, from, to,
    );
}

function forwardSparse(kernel: typeof sparseForward, lanes: number, { cols, signed }: Layer) {
  return ({ i8, u8, i16, u16, i32, at }: LayerArena, from: number, to: number) =>
    // biome-ignore format: arguments in groups
    kernel(
      i32, at.sums, i16, at.weights, i32, at.biases, i32, at.rowStarts, u16, at.columns,
      signed ? i8 : u8, at.inputs, cols, lanes, from, to,
    );
}

function gradient(kernel: typeof denseInputGradient, lanes: number, { rows, cols }: Layer) {
  return ({ i16, i32, at }: LayerArena, from: number, to: number) =>
    kernel(i32, at.dInputs, i16, at.weights, i16, at.errors, rows, cols, lanes, from, to);
}

function gradientSparse(kernel: typeof sparseInputGradient, lanes: number, { cols }: Layer) {
  return ({ i16, u16, i32, at }: LayerArena, from: number, to: number) =>
    // biome-ignore format: arguments in groups
    kernel(
      i32, at.dInputs, i16, at.weights, i32, at.rowStarts, u16, at.columns, i16, at.errors, cols, lanes, from, to,
    );
}

type Run = (arena: LayerArena, from: number, to: number) => void;

/** One call of the twin over all units, against one call of the kernel and against calls in ranges. */
function checkAll(seed: number, make: (lanes: number, layer: Layer) => [Run, Run, number]): void {
  const random = new Random(seed);
  for (let lanes = 1; lanes <= 16; lanes++) {
    for (let trial = 0; trial < TRIALS; trial++) {
      const layer = layerSpecs(random, lanes);
      const [kernel, twin, units] = make(lanes, layer);
      const what = `${layer.rows} × ${layer.cols}, ${lanes} lanes, trial ${trial}`;
      const cuts = trial % 2 === 0 ? [[0, units] as const] : ranges(random, units);
      checkTwin(
        random,
        layer.specs,
        (arena) => {
          for (const [from, to] of cuts) kernel(arena, from, to);
        },
        (arena) => twin(arena, 0, units),
        what,
      );
    }
  }
}

test('denseForward equals its twin, whole or in ranges of rows', () => {
  checkAll(1, (lanes, layer) => [
    forward(denseForward, lanes, layer),
    forward(naiveDense.denseForward, lanes, layer),
    layer.rows,
  ]);
});

test('denseInputGradient equals its twin, whole or in ranges of columns', () => {
  checkAll(2, (lanes, layer) => [
    gradient(denseInputGradient, lanes, layer),
    gradient(naiveDense.denseInputGradient, lanes, layer),
    layer.cols,
  ]);
});

test('sparseForward equals its twin, whole or in ranges of rows', () => {
  checkAll(3, (lanes, layer) => [
    forwardSparse(sparseForward, lanes, layer),
    forwardSparse(naiveSparse.sparseForward, lanes, layer),
    layer.rows,
  ]);
});

test('sparseInputGradient adds what its twin adds, whole or in ranges of rows', () => {
  checkAll(4, (lanes, layer) => [
    gradientSparse(sparseInputGradient, lanes, layer),
    gradientSparse(naiveSparse.sparseInputGradient, lanes, layer),
    layer.rows,
  ]);
});

test('largestActive equals its twin, and -32768 counts', () => {
  const random = new Random(6);
  for (let trial = 0; trial < 100; trial++) {
    const { rows, cols, specs } = layerSpecs(random, 1);
    if (trial % 10 === 0) specs.weights.values[random.below(rows * cols)] = -32768;
    const from = random.below(rows);
    const to = from + random.below(rows + 1 - from);
    const largest =
      (kernel: typeof largestActive) =>
      ({ i16, i32, u16, at }: Arena<typeof specs>) =>
        kernel(i16, at.weights, i32, at.rowStarts, u16, at.columns, cols, from, to);
    checkTwin(random, specs, largest(largestActive), largest(naiveSparse.largestActive), `trial ${trial}`);
  }
});

test('a list of every column gives the sums of the dense kernel', () => {
  const random = new Random(5);
  for (let lanes = 1; lanes <= 16; lanes++) {
    const layer = layerSpecs(random, lanes);
    const { rows, cols, specs } = layer;
    const all = {
      ...specs,
      rowStarts: { type: 'i32', values: Array.from({ length: rows + 1 }, (_, r) => r * cols) },
      columns: { type: 'u16', values: Array.from({ length: rows * cols }, (_, i) => i % cols) },
    } as const;
    const arena = checkTwin(
      random,
      all,
      (a) => forwardSparse(sparseForward, lanes, layer)(a as unknown as LayerArena, 0, rows),
      (a) => forward(denseForward, lanes, layer)(a as unknown as LayerArena, 0, rows),
      `${lanes} lanes`,
    );
    assert.ok(arena.i32.length > 0);
  }
});

test.run();
