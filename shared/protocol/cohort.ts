/**
 * Who is asked in a round. A board tests it for itself.
 * @module
 */
import { mix } from '../fixed/random.js';

/** The clients of a round, in a form that each board can test for itself with `isInCohort`. */
export type Cohort =
  /** Device hashes (`deviceHash`), ascending, at most MAX_COHORT_LIST; two devices may share one. */
  | { readonly kind: 'list'; readonly devices: readonly number[] }
  /** A device belongs when mix(seed, deviceHash) is below the threshold (uint32). */
  | { readonly kind: 'threshold'; readonly seed: number; readonly threshold: number };

/** A list takes 4 bytes per device in every plan: 1 KB at most. */
export const MAX_COHORT_LIST = 256;

/** @param hash deviceHash of the device's name */
export function isInCohort(cohort: Cohort, hash: number): boolean {
  if (cohort.kind === 'list') return cohort.devices.includes(hash);
  return mix(cohort.seed, hash) < cohort.threshold;
}
