/**
 * The learning rate of a round: exponential decay from the first rate to the last (ZeroFL,
 * section 4.1), in integers, so that any server computes the same plan.
 * @module
 */
import { exp2Negative, log2 } from '../fixed/exponential.js';
import type { Rate } from './method.js';

/** Rates are given to the schedule in units of 2^-20, at most 16. */
export const RATE_UNIT = 1 << 20;

/**
 * @param first rate of round 1 in units of 2^-20, 1 to 2^24
 * @param last  rate of round `rounds` in the same units, 1 to `first`
 * @param round 1 to rounds; a later one keeps the last rate
 */
export function rateAt(first: number, last: number, round: number, rounds: number): Rate {
  const fall = log2(first) - log2(last); // in 2^-10 octaves, 0 or more
  const done = rounds > 1 ? Math.min(1, (round - 1) / (rounds - 1)) : 0;
  const scale = exp2Negative(Math.floor(fall * done)); // Q15; a quotient of small integers: the same everywhere
  return rateOf(Math.floor((first * scale) / 32768));
}

/** A rate in units of 2^-20 as mantissa and exponent, rounded to 8 bits. */
export function rateOf(units: number): Rate {
  let mantissa = Math.max(1, units);
  let exp = -20;
  while (mantissa >= 256) {
    mantissa /= 2;
    exp++;
  }
  while (mantissa < 128 && exp > -24) {
    mantissa *= 2;
    exp--;
  }
  mantissa = Math.round(mantissa);
  return mantissa === 256 ? { mantissa: 128, exp: exp + 1 } : { mantissa, exp };
}
