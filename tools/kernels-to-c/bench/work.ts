/**
 * What a measured training is, and what it did: shared by the program that is recorded and the table.
 * @module
 */
import type { PresetName } from '../../../shared/model/recipe.js';

export interface BenchRun {
  readonly preset: PresetName;
  readonly density: number;
  readonly activationDensity: number;
  readonly batch: number;
  readonly isFull: boolean; // errors of 0 are made 1, so that no row is passed over
  readonly data: string; // RANDOM, or the path of an .fld file of images of 14 × 14
}

/** Inputs and labels without meaning, all inputs in use. */
export const RANDOM = 'random';

/** Means of the examples counted. */
export interface BenchWork {
  readonly examples: number;
  readonly calls: number; // of kernels, per example
  readonly layers: readonly LayerWork[];
}

/** Of a weight step. */
export interface LayerWork {
  readonly columns: number; // stepped
  readonly rows: number; // whose errors are not all 0, or are made so
  readonly alive: number; // units with an error of their own in any of the examples
}

/** The variable with BenchRun as JSON. */
export const BENCH_RUN = 'SPARROW_BENCH_RUN';

/** The variable with the file that BenchWork is written to. */
export const BENCH_WORK = 'SPARROW_BENCH_WORK';
