/**
 * Cosines of evenly spaced angles and products with them, in integers: no engine's `sin` or `cos` is involved.
 * @module
 */

/** Fraction bits of the cosines that `cosines` takes and gives. */
export const CIRCLE_BITS = 26;

const ONE = 2 ** CIRCLE_BITS;

/**
 * The cosines of 0, 1, … count - 1 steps of an angle, by turning a point on and on. Each step adds a rounding: within
 * count · 2^-26 of the truth.
 * @param count 1 to 1,024
 * @param cos   of the step, in 2^-26
 * @param sin   of the step, in 2^-26
 */
export function cosines(count: number, cos: number, sin: number): number[] {
  const found: number[] = [];
  // Both products are below 2^53, so that doubles are exact.
  for (let i = 0, x = ONE, y = 0; i < count; i++) {
    found.push(x);
    [x, y] = [nearest(x * cos - y * sin), nearest(y * cos + x * sin)];
  }
  return found;
}

function nearest(x: number): number {
  return Math.floor(x / ONE + 0.5);
}

/**
 * x · factor / 2^16, rounded down; exact though the product has 47 bits.
 * @param x      |x| ≤ 10^9
 * @param factor |factor| ≤ 2^16
 */
export function turned(x: number, factor: number): number {
  return ((x >> 15) * factor + (((x & 32767) * factor) >> 15)) >> 1;
}
