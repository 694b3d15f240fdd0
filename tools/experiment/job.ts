/**
 * One run of an experiment, as plain data that a worker process can be given.
 * @module
 */
import { layoutOf } from '../../shared/model/layout.js';
import type { Recipe } from '../../shared/model/recipe.js';
import { denseMacsPerExample } from '../../shared/model/training.js';
import { loadDataset } from '../datasets/dataset.js';
import { modelFor } from '../datasets/model.js';
import { split, wholeSet } from '../datasets/split.js';
import type { Arithmetic } from './arithmetic.js';
import type { SimulatedRound } from './rounds.js';
import { simulate } from './simulation.js';
import { mean } from './statistics.js';
import { simulateTwin } from './twin/simulation.js';

export interface Job {
  readonly data: string; // as loadDataset takes it
  readonly clientsFile?: string;
  readonly modelFile?: string; // JSON description, else the zoo's
  readonly partition: string; // as split takes it
  readonly clients?: number;
  readonly cohort: number;
  readonly recipe: Recipe;
  readonly seed: number;
  readonly validate: boolean; // judge on held-back training examples
  readonly evaluateEvery: number;
  readonly arithmetic?: Arithmetic; // integer when left out
}

/** A point of the curves: everything since the first round. */
export interface CurvePoint {
  readonly round: number;
  readonly accuracy: number; // 0 to 1
  readonly loss: number; // mean training loss of that round, nats
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly macs: number; // multiply-accumulates of training, all clients
}

/** In float64 there is no wire and no count of work: bytes and macs are 0. */
export interface JobResult {
  readonly accuracy: number; // mean over the last rounds, 0 to 1
  readonly loss: number; // of the last round, nats
  readonly updateBytes: number; // mean update frame
  readonly updateBytesLast: number; // the same in the last round: less than the mean after a ramp
  readonly updateBytesMost: number; // largest update frame
  readonly downBytes: number; // mean per client and round
  readonly macsPerExample: number; // of training, mean over the rounds
  readonly denseMacsPerExample: number;
  readonly density: number; // of weights in use, mean over the rounds
  readonly layerDensities: readonly number[]; // the same by layer
  readonly curve: readonly CurvePoint[];
  readonly seconds: number; // depends on the machine, all else does not
}

/**
 * Yields each round as it ends.
 * @throws RangeError for settings that do not fit the data
 */
export function* runJob(job: Job): Generator<SimulatedRound, JobResult> {
  const startMs = performance.now();
  const { recipe, seed, cohort, validate, evaluateEvery } = job;
  const dataset = loadDataset(job.data, { clientsFile: job.clientsFile });
  const description = modelFor(dataset, job.modelFile);
  const settings = {
    description,
    recipe,
    shards: split(dataset.train, { partition: job.partition, clients: job.clients, seed }),
    test: wholeSet(dataset.test),
    cohort,
    seed,
    validate,
    evaluateEvery,
  };
  const isReal = job.arithmetic === 'float64';
  const { rounds, accuracy } = yield* isReal ? simulateTwin(settings) : simulate(settings);
  const layout = layoutOf(description);
  const last = rounds[rounds.length - 1];
  const sizes = layout.layers.map((layer) => layer.weights.length);
  const layerDensities = sizes.map((size, i) => mean(rounds.map((round) => round.active[i] / size)));
  const reports = rounds.length * cohort;
  const total = (of: (round: SimulatedRound) => number) => rounds.reduce((sum, round) => sum + of(round), 0);
  return {
    accuracy,
    loss: last.loss,
    updateBytes: total((round) => round.bytesUp) / reports,
    updateBytesLast: last.bytesUp / cohort,
    updateBytesMost: Math.max(...rounds.map((round) => round.updateBytes)),
    downBytes: total((round) => round.bytesDown) / reports,
    macsPerExample: mean(rounds.map((round) => round.macsPerExample)),
    denseMacsPerExample: denseMacsPerExample(layout),
    density: mean(rounds.map((round) => sum(round.active) / sum(sizes))),
    layerDensities,
    curve: curveOf(rounds),
    seconds: (performance.now() - startMs) / 1000,
  };
}

function curveOf(rounds: readonly SimulatedRound[]): CurvePoint[] {
  const curve: CurvePoint[] = [];
  let bytesUp = 0;
  let bytesDown = 0;
  let macs = 0;
  for (const { round, accuracy, loss, ...costs } of rounds) {
    bytesUp += costs.bytesUp;
    bytesDown += costs.bytesDown;
    macs += costs.macs;
    if (accuracy !== undefined) curve.push({ round, accuracy, loss, bytesUp, bytesDown, macs });
  }
  return curve;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
