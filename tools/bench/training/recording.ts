/**
 * What the program that is recorded is told, and what it tells.
 * @module
 */
import type { DataName } from './examples.js';
import type { LayerWork, TrainingTerms } from './terms.js';

export interface Recording {
  readonly terms: TrainingTerms;
  readonly data: DataName;
  readonly workFile: string; // RecordedWork is written to it as JSON
}

export interface RecordedWork {
  readonly calls: number; // of kernels, that count
  readonly layers: readonly LayerWork[];
}

/** The variable with Recording as JSON. */
export const RECORDING = 'SPARROW_BENCH_TRAINING';
