/**
 * One run of an experiment, as plain data that a worker process can be given.
 * @module
 */
import type { Recipe } from '../../shared/model/recipe.js';
import { loadDataset } from '../datasets/dataset.js';
import { modelFor } from '../datasets/model.js';
import { split, wholeSet } from '../datasets/split.js';
import { simulate } from './simulation.js';

export interface Job {
  readonly data: string; // as loadDataset takes it
  readonly clientsFile?: string;
  readonly modelFile?: string; // JSON description, else the zoo's
  readonly partition: string; // as split takes it
  readonly clients?: number;
  readonly cohort: number;
  readonly recipe: Recipe;
  readonly seed: number;
  readonly validate: boolean;
}

export interface JobResult {
  readonly accuracy: number; // 0 to 1
  readonly loss: number; // of the last round, nats
  readonly updateBytes: number; // mean over the run of the largest frame of each round
  readonly updateBytesMost: number;
  readonly macsPerExample: number;
  readonly seconds: number;
}

/** @throws RangeError for settings that do not fit the data */
export function runJob(job: Job): JobResult {
  const startMs = performance.now();
  const { recipe, seed, cohort, validate } = job;
  const dataset = loadDataset(job.data, { clientsFile: job.clientsFile });
  const { train, test } = dataset;
  const description = modelFor(dataset, job.modelFile);
  const shards = split(train, { partition: job.partition, clients: job.clients, seed });
  const run = simulate({
    description,
    recipe,
    shards,
    test: wholeSet(test),
    cohort,
    seed,
    validate,
    evaluateEvery: 0,
  });
  let step = run.next();
  while (!step.done) step = run.next();
  const { rounds, accuracy } = step.value;
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    accuracy,
    loss: rounds[rounds.length - 1].loss,
    updateBytes: mean(rounds.map((round) => round.updateBytes)),
    updateBytesMost: Math.max(...rounds.map((round) => round.updateBytes)),
    macsPerExample: mean(rounds.map((round) => round.macsPerExample)),
    seconds: (performance.now() - startMs) / 1000,
  };
}
