/**
 * The plan frame: what the server asks of its cohort in one round. Retained, so a board that
 * joins late sees the plan in force. A board trains only when the model that it holds has the
 * plan's model hash; exponents and shapes travel with the model, so they cannot disagree with it.
 * @module
 */
import type { LayerCounts, TrainingMethod } from '../model/method.js';
import type { ModelHash } from './model.js';

/** The clients of a round, in a form that each board can test for itself with `isInCohort`. */
export type Cohort =
  /** Device hashes (`deviceHash`), ascending, at most MAX_COHORT_LIST. */
  | { readonly kind: 'list'; readonly devices: readonly number[] }
  /** A device belongs when mix(seed, deviceHash) is below the threshold (uint32). */
  | { readonly kind: 'threshold'; readonly seed: number; readonly threshold: number };

export interface Plan {
  readonly taskSeed: number; // uint32, the same for the whole task
  readonly round: number; // counts from 1
  readonly attempt: number; // counts from 1; a round that was abandoned is announced again
  readonly modelHash: ModelHash;
  readonly modelCrc: number; // uint32, the CRC-32 in that model frame's header: a board checks this, not the hash
  readonly cohort: Cohort;
  readonly deadlineMs: number; // from the announcement, for the board's information; 0 = none
  readonly method: TrainingMethod;
  readonly layers: readonly LayerCounts[]; // one per layer that has weights
}
