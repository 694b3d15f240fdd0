/**
 * Tasks on which update frames are measured: real data sets beside the repository (see
 * tools/test/outside.ts), and a model of about 50,000 weights on synthetic examples.
 * @module
 */
import { SyntheticExamples } from '../../firmware/data/synthetic.js';
import type { ModelDescription } from '../../shared/model/description.js';
import { type PresetName, type Recipe, recipeOf } from '../../shared/model/recipe.js';
import { loadDataset } from '../datasets/dataset.js';
import { modelFor } from '../datasets/model.js';
import { split, wholeSet } from '../datasets/split.js';
import type { SimulationSettings } from '../experiment/rounds.js';
import { outsideData } from '../test/outside.js';
import { type FrameCost, frameCosts } from './frame.js';

/** About 50,000 weights. */
const FIFTY: ModelDescription = {
  name: '50k',
  input: { shape: [28, 28], type: 'uint8', exp: -8 },
  layers: [60, 36, 10].map((units) => ({ kind: 'dense', units })),
};

const COHORT = 10;
const ROUNDS = 100;
const MEASURED = { from: 50, to: 60 }; // rounds
const FIFTY_MEASURED = { from: 3, to: 6 };

export type Task = Pick<SimulationSettings, 'description' | 'shards' | 'test'> & typeof MEASURED;

/** A task, or undefined where its data are not beside the repository. */
export function outsideTask(name: string): Task | undefined {
  const folder = outsideData(name);
  if (folder === undefined) return undefined;
  const dataset = loadDataset(folder);
  const shards = split(dataset.train, { partition: 'natural', seed: 1 });
  return { description: modelFor(dataset), shards, test: wholeSet(dataset.test), ...MEASURED };
}

export function fiftyTask(): Task {
  const shards = Array.from({ length: COHORT }, (_, i) => new SyntheticExamples(40, 784, 10, 100 + i));
  return { description: FIFTY, shards, test: shards[0], ...FIFTY_MEASURED };
}

/** Mean over the updates of a task's rounds that are measured. */
export function costOf(task: Task, method: PresetName, changes: Partial<Recipe>): FrameCost {
  const { from, to, ...rest } = task;
  const recipe = recipeOf(method, 0.05, { rate: 0.4, rounds: ROUNDS, ...changes });
  return frameCosts(
    { ...rest, recipe, cohort: COHORT, seed: 1, validate: false, evaluateEvery: 0 },
    from,
    to,
  );
}
