/**
 * The program that the benchmark records: trains the network 256-64-10 and marks the examples whose
 * instructions count, three periods of re-selection after two others.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { TrainingExamples } from '../../../firmware/trainer/examples.js';
import { Trainer } from '../../../firmware/trainer/trainer.js';
import { parseFld } from '../../../shared/data/fld.js';
import { Random } from '../../../shared/fixed/random.js';
import { initialModel } from '../../../shared/model/initial.js';
import { sourceOf } from '../../../shared/model/model.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import { planTraining } from '../../../shared/model/training.js';
import type { TraceWriter } from '../trace.js';
import { BENCH_RUN, BENCH_WORK, type BenchRun, type BenchWork, RANDOM } from './work.js';

const PERIOD = 80;
const FROM = 2 * PERIOD;
const TO = 5 * PERIOD;
const SIDE = 16;
const IMAGE = 14;
const RATE_BATCH = 8;

const run = JSON.parse(process.env[BENCH_RUN] ?? '{}') as BenchRun;
const trace = (globalThis as unknown as { kernelTrace: TraceWriter }).kernelTrace;

const model = initialModel(
  {
    name: 'bench',
    input: { shape: [SIDE * SIDE], type: 'uint8', exp: -8 },
    layers: [64, 10].map((units) => ({ kind: 'dense', units })),
  },
  1,
);
const { preset, density, activationDensity, batch } = run;
// presets' rates are for batches of 8: with them at batch 1 nearly all hidden units die
const { rate } = recipeOf(preset, density, {});
const changes = { batch, activationDensity, reselectEvery: PERIOD, rate: (rate * batch) / RATE_BATCH };
const recipe = recipeOf(preset, density, changes);
const { method, layers } = planTraining(recipe, model.head.layout, 1, model);

let examplesSeen = 0;
let calls = 0;
const steps = [0, 1].map(() => ({ steps: 0, columns: 0, rows: 0, alive: new Set<number>() }));
trace.onCall = (name, given) => {
  if (name === 'softmaxCrossEntropies') {
    if (examplesSeen === FROM) trace.count();
    if (examplesSeen === TO) trace.stopCount();
    examplesSeen += batch;
  }
  if (examplesSeen <= FROM || examplesSeen > TO) return;
  calls++;
  if (name === 'denseWeightStep') tally(given as Given, 6, 12, 13);
  if (name === 'sparseWeightStep') tally(given as Given, 8, 15, 16);
};

type Given = [
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  errorsAt: number,
  ...rest: number[],
];

/** @param columnsIn, colsIn, lanesIn places of these numbers among the arguments */
function tally(given: Given, columnsIn: number, colsIn: number, lanesIn: number): void {
  const [, , errors, errorsAt] = given;
  const numbers = given as unknown as number[];
  const cols = numbers[colsIn];
  const lanes = numbers[lanesIn];
  const rows = numbers[lanesIn + 2];
  const step = steps[cols === SIDE * SIDE ? 0 : 1];
  for (let i = 0; i < rows * lanes; i++) if (errors[errorsAt + i] !== 0) step.alive.add((i / lanes) | 0);
  if (run.isFull) for (let i = 0; i < rows * lanes; i++) errors[errorsAt + i] ||= 1;
  step.steps++;
  step.columns += colsIn === 12 ? cols : numbers[columnsIn];
  for (let r = 0; r < rows; r++) {
    const row = errors.subarray(errorsAt + r * lanes, errorsAt + (r + 1) * lanes);
    if (row.some((e) => e !== 0)) step.rows++;
  }
}

const trainer = new Trainer(
  model.head,
  { method, layers, seed: 7, sliceMacs: Number.POSITIVE_INFINITY },
  run.data === RANDOM ? randomExamples() : images(run.data),
);
const training = trainer.train(sourceOf(model));
while (!training.next().done);

const work: BenchWork = {
  examples: TO - FROM,
  calls: calls / (TO - FROM),
  layers: steps.map(({ steps: n, columns, rows, alive }) => ({
    columns: columns / n,
    rows: rows / n,
    alive: alive.size,
  })),
};
writeFileSync(process.env[BENCH_WORK] as string, JSON.stringify(work));

function randomExamples(): TrainingExamples {
  const random = new Random(3);
  const features = Uint8Array.from({ length: (TO + PERIOD) * SIDE * SIDE }, () => 1 + random.below(255));
  return {
    count: TO + PERIOD,
    read: (index, out) => {
      out.set(features.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE));
      return (index * 7 + (index >> 3)) % 10;
    },
  };
}

/** In the middle of 16 × 16. */
function images(path: string): TrainingExamples {
  const set = parseFld(readFileSync(path));
  return {
    count: TO + PERIOD,
    read: (index, out) => {
      out.fill(0);
      for (let y = 0; y < IMAGE; y++) {
        const from = (index * IMAGE + y) * IMAGE;
        out.set(set.features.subarray(from, from + IMAGE), (y + 1) * SIDE + 1);
      }
      return set.labels[index];
    },
  };
}
