/**
 * Numbers of an update in few bits: value / 2^shift, rounded; what does not fit saturates. Stochastic rounding
 * takes its noise from a hash of seed and place, so neither slices nor the order of visits can change a bit.
 * Source: Gupta et al. 2015, section 3 (stochastic rounding).
 * @module
 */
import { scramble } from '../../shared/fixed/random.js';
import { shiftNearest, shiftStochastic } from '../../shared/fixed/rounding.js';
import { saturate } from '../../shared/fixed/saturation.js';

/**
 * Rounds to nearest, ties away from zero.
 *
 * @param out    int16 [n]
 * @param values int16 or int32 [n], |value| ≤ 2^30
 * @param shift  0 to 30
 * @param limit  1 to 32767: the largest magnitude of a number
 */
export function shortenNearest(
  out: Int16Array,
  outAt: number,
  values: Int16Array | Int32Array,
  valuesAt: number,
  shift: number,
  limit: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    out[outAt + i] = saturate(shiftNearest(values[valuesAt + i], shift), limit);
  }
}

/**
 * Rounds stochastically numbers whose places follow one another.
 *
 * @param out    int16 [n]
 * @param values int16 or int32 [n], |value| ≤ 2^30
 * @param shift  0 to 29
 * @param limit  1 to 32767: the largest magnitude of a number
 * @param seed   int32, of the tensor's noise
 * @param place  of the first number in its tensor
 */
export function shortenRun(
  out: Int16Array,
  outAt: number,
  values: Int16Array | Int32Array,
  valuesAt: number,
  shift: number,
  limit: number,
  seed: number,
  place: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const noise = scramble(seed, place + i);
    out[outAt + i] = saturate(shiftStochastic(values[valuesAt + i], shift, noise), limit);
  }
}

/**
 * Rounds stochastically numbers at any places.
 *
 * @param out    int16 [n]
 * @param values int16 or int32 [n], |value| ≤ 2^30
 * @param places uint32 [n] of the numbers in their tensor
 * @param shift  0 to 29
 * @param limit  1 to 32767: the largest magnitude of a number
 * @param seed   int32, of the tensor's noise
 */
export function shortenListed(
  out: Int16Array,
  outAt: number,
  values: Int16Array | Int32Array,
  valuesAt: number,
  places: Uint32Array,
  placesAt: number,
  shift: number,
  limit: number,
  seed: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const noise = scramble(seed, places[placesAt + i]);
    out[outAt + i] = saturate(shiftStochastic(values[valuesAt + i], shift, noise), limit);
  }
}
