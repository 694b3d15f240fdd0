/**
 * Draws the cohort of a round from the boards that are ready. Seeded: equal sets of ready boards
 * give equal cohorts, whatever order they came in.
 * @module
 */
import { mix } from '../../shared/fixed/random.js';
import type { Cohort } from '../../shared/protocol/cohort.js';
import { MAX_COHORT_LIST } from '../../shared/protocol/cohort.js';
import { deviceHash } from '../../shared/protocol/device.js';

/**
 * The `size` devices with the lowest rank, mix(seed, hash), in the shorter of the two forms.
 * As a threshold it also takes in boards of a lower rank that were not ready: they may join.
 * @param seed of this round and attempt
 * @param ready names of devices, at least one
 * @param size 1 or more; more than are ready means all that are ready
 */
export function drawCohort(seed: number, ready: readonly string[], size: number): Cohort {
  const ranked = [...new Set(ready.map(deviceHash))]
    .map((hash) => ({ hash, rank: mix(seed, hash) }))
    .sort((a, b) => a.rank - b.rank || a.hash - b.hash)
    .slice(0, size);
  if (ranked.length <= MAX_COHORT_LIST) {
    return { kind: 'list', devices: ranked.map(({ hash }) => hash).sort((a, b) => a - b) };
  }
  const highest = ranked[ranked.length - 1].rank;
  return { kind: 'threshold', seed, threshold: Math.min(highest + 1, 0xffffffff) };
}
