/**
 * What a trainer learns from.
 * @module
 */

/** Where examples come from: a shard in memory or in flash. */
export interface TrainingExamples {
  readonly count: number;
  /** Copies the features of example `index` to `out` and returns its label. */
  read(index: number, out: Uint8Array): number;
}
