/**
 * The project's only roundings. They are part of the wire contract (NUMERICS_VERSION): another
 * rule would give other weights.
 * @module
 */

/** Raised whenever a rounding, a table or a kernel's arithmetic changes a bit of any result. */
export const NUMERICS_VERSION = 1;

/**
 * x / 2^shift to nearest, ties away from zero.
 *
 * @param x     int32, |x| ≤ 2^31 - 1 - 2^(shift-1)
 * @param shift bits to cut, 0 to 30
 */
export function shiftNearest(x: number, shift: number): number {
  if (shift === 0) return x;
  const half = 1 << (shift - 1);
  return x < 0 ? -((half - x) >> shift) : (x + half) >> shift;
}

/**
 * x / 2^shift, rounded up with probability equal to the fraction cut off: the mean stays exact.
 *
 * @param x      int32, x + 2^shift ≤ 2^31 - 1; its exponent grows by shift
 * @param shift  bits to cut, 0 to 30
 * @param random at least shift uniform random low bits
 *
 * Source: Gupta et al. 2015, section 3 (stochastic rounding).
 */
export function shiftStochastic(x: number, shift: number, random: number): number {
  return (x + (random & ((1 << shift) - 1))) >> shift;
}

/**
 * Numerator / denominator to nearest, ties away from zero; exact for any safe integers, since the
 * remainder of two doubles is exact.
 *
 * @param numerator   |numerator| < 2^52
 * @param denominator 1 to 2^52
 */
export function divideNearest(numerator: number, denominator: number): number {
  const remainder = numerator % denominator;
  const quotient = (numerator - remainder) / denominator;
  if (2 * remainder >= denominator) return quotient + 1;
  if (2 * remainder <= -denominator) return quotient - 1;
  return quotient;
}
