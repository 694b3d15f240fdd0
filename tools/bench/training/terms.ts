/**
 * What a measured training is, and what it did: shared by the program that trains, on any engine, and by who
 * measures it.
 * @module
 */
import type { ModelDescription } from '../../../shared/model/description.js';
import type { PresetName } from '../../../shared/model/recipe.js';

export interface TrainingTerms {
  readonly description: ModelDescription;
  readonly preset: PresetName;
  readonly density: number;
  readonly activationDensity: number;
  readonly batch: number;
  /** Every error of 0 is made 1 before a weight step, so that no row is passed over. */
  readonly isFull: boolean;
  readonly perEpoch: number; // examples
  readonly from: number; // the first example that counts, from the first epoch on
  readonly to: number; // the first that counts no more
  readonly reselectEvery: number; // examples
  readonly sliceMacs: number;
}

/** What the instructions from one mark to the next are for. */
export const MARK = { aside: 0, step: 1, selection: 2, empty: 3 } as const;
export type Mark = (typeof MARK)[keyof typeof MARK];

/** Means over the steps that count. */
export interface LayerWork {
  readonly columns: number; // stepped, of a dense layer; its fan-in where all are
  readonly rows: number; // whose errors are not all 0
}
