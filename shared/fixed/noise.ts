/**
 * The noise of stochastic rounding: a table made from the round's seed and read by place, so the
 * order in which a kernel visits weights cannot change a bit.
 * @module
 */
import { fillRandom } from './noisebits.js';
import { stateOf } from './random.js';

/** Entries; a power of two. The same noise comes back every NOISE_LENGTH weights. */
export const NOISE_LENGTH = 1024;

/** Random bits per entry: an entry shifted right by NOISE_BITS - s has s random low bits. */
export const NOISE_BITS = 30;

/** Fills NOISE_LENGTH entries with uniform 0 to 2^NOISE_BITS - 1: what `Random` of the seed gives. */
export function fillNoise(table: Int32Array, offset: number, seed: number): void {
  fillRandom(table, offset, stateOf(seed), NOISE_LENGTH);
}
