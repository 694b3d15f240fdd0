/**
 * What a partition's runs learn from: the data set's hash and the model, and an early look at
 * whether the settings fit them.
 * @module
 */
import type { ModelDescription } from '../../shared/model/description.js';
import { layoutOf } from '../../shared/model/layout.js';
import { loadDataset } from '../datasets/dataset.js';
import { modelFor } from '../datasets/model.js';
import { split } from '../datasets/split.js';
import type { Experiment } from './experiment.js';
import { dataHashOf } from './key.js';
import type { Partition } from './row.js';

export interface Source {
  readonly dataHash: string;
  readonly description: ModelDescription;
}

/** @throws RangeError when data, model, partition or cohort do not fit each other */
export function sourceOf(experiment: Experiment, { partition, clientsFile }: Partition): Source {
  const { data, modelFile, clients, cohort, seeds } = experiment;
  const dataset = loadDataset(data, { clientsFile });
  const description = modelFor(dataset, modelFile);
  const shards = split(dataset.train, { partition, clients, seed: seeds[0] });
  if (cohort > shards.length) {
    throw new RangeError(`cohort ${cohort}, expected 1 to ${shards.length}, the number of clients`);
  }
  return { dataHash: dataHashOf(dataset), description };
}

/** Layers with weights, `1: 196 × 64`. */
export function layerNames({ description }: Source): string[] {
  return layoutOf(description).layers.map(({ inputs, outputs }, i) => `${i + 1}: ${inputs} × ${outputs}`);
}
