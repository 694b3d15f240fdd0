/**
 * Who is asked in a round. A board tests it for itself.
 * @module
 */
import { mix } from '../fixed/random.js';
import type { Cohort } from './plan.js';

/** A list takes 4 bytes per device in every plan: 1 KB at most. */
export const MAX_COHORT_LIST = 256;

/** @param hash deviceHash of the device's name */
export function isInCohort(cohort: Cohort, hash: number): boolean {
  if (cohort.kind === 'list') return cohort.devices.includes(hash);
  return mix(cohort.seed, hash) < cohort.threshold;
}
