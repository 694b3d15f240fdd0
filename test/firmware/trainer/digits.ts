/**
 * The embedded digits and small networks for them, for tests of training.
 */
import type { TrainingExamples } from '../../../firmware/trainer/examples.js';
import { Trainer, type TrainingResult } from '../../../firmware/trainer/trainer.js';
import type { Shard } from '../../../shared/data/example-set.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import { initialModel } from '../../../shared/model/initial.js';
import type { LayerCounts, TrainingMethod } from '../../../shared/model/method.js';
import { type Model, sourceOf } from '../../../shared/model/model.js';
import { type PresetName, type Recipe, recipeOf } from '../../../shared/model/recipe.js';
import { planTraining } from '../../../shared/model/training.js';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { split } from '../../../tools/datasets/split.js';
import type { Example } from './reference.js';

const { train: TRAIN } = loadDataset('digits');

/** The training examples, shuffled and cut into equal shards. */
export function digitShards(count: number): Shard[] {
  return split(TRAIN, { partition: 'iid', clients: count, seed: 1 });
}

export function digitModel(...hidden: number[]): ModelDescription {
  return {
    name: 'digits',
    input: { shape: TRAIN.shape, type: TRAIN.signed ? 'int8' : 'uint8', exp: TRAIN.inputExp },
    layers: [...hidden, TRAIN.classes].map((units) => ({ kind: 'dense', units })),
  };
}

/** Examples [from, from + count) of a shard. */
export function part(shard: TrainingExamples, from: number, count: number): TrainingExamples {
  return { count, read: (index, out) => shard.read(from + index, out) };
}

export function toExamples(examples: TrainingExamples, inputs: number): Example[] {
  return Array.from({ length: examples.count }, (_, i) => {
    const features = new Uint8Array(inputs);
    return { label: examples.read(i, features), features };
  });
}

export interface Trained {
  readonly model: Model; // the base's head with the trained parameters
  readonly result: TrainingResult;
  readonly trainer: Trainer;
}

/** Trains a model with the given method, in slices of `sliceMacs`. */
export function train(
  base: Model,
  method: TrainingMethod,
  layers: readonly LayerCounts[],
  examples: TrainingExamples,
  seed = 1,
  sliceMacs = Number.POSITIVE_INFINITY,
): Trained {
  const trainer = new Trainer(base.head, { method, layers, seed, sliceMacs }, examples);
  const run = trainer.train(sourceOf(base));
  let step = run.next();
  while (!step.done) step = run.next();
  const parameters = trainer.network.u8.slice(0, base.head.layout.parameterBytes).buffer;
  return { model: { head: base.head, parameters }, result: step.value, trainer };
}

/** A preset's method and counts for a model, in round 1. */
export function planFor(
  base: Model,
  preset: PresetName,
  density: number,
  changes: Partial<Recipe> = {},
): { method: TrainingMethod; layers: LayerCounts[] } {
  return planTraining(recipeOf(preset, density, changes), base.head.layout, 1);
}

/** A model that has learned something: trained dense on some of the digits. */
export function trainedModel(description: ModelDescription, examples: TrainingExamples): Model {
  const base = initialModel(description, 3);
  const { method, layers } = planFor(base, 'dense', 1, { rate: 0.2, epochs: 3 });
  return train(base, method, layers, examples).model;
}

export function weightsOf({ head, parameters }: Model, index: number): Int16Array {
  const { offset, length } = head.layout.layers[index].weights;
  return new Int16Array(parameters, offset, length);
}

export function biasesOf({ head, parameters }: Model, index: number): Int32Array {
  const { offset, length } = head.layout.layers[index].biases;
  return new Int32Array(parameters, offset, length);
}

export function sameBytes(a: Model, b: Model): boolean {
  return Buffer.from(a.parameters).equals(Buffer.from(b.parameters));
}
