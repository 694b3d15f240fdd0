/**
 * Powers of two with a fraction and their inverse, in integers: the base of softmax, of the loss
 * and of the learning-rate schedule. The tables are made by integer square roots and products at
 * load, so no engine's `exp` is involved.
 * @module
 */

/** Fraction bits of an exponent given to `exp2`. */
export const LOG2_BITS = 10;

/** 1 / ln 2 in Q2.14: multiplies a natural exponent into a binary one. */
export const LOG2_E_Q14 = 23637;

/** ln 2 in Q0.16: multiplies a binary logarithm into a natural one. */
export const LN2_Q16 = 45426;

const STEPS = 1 << LOG2_BITS;

/** 2^(-i / 2^LOG2_BITS) in Q15, i = 0 to 2^LOG2_BITS - 1. */
export const POWERS = makePowers();

/**
 * 2^(-x / 2^LOG2_BITS) in Q15.
 * @param x 0 to 2^31 - 1
 * @returns 0 to 32768
 */
export function exp2Negative(x: number): number {
  const whole = x >> LOG2_BITS;
  return whole > 16 ? 0 : POWERS[x & (STEPS - 1)] >> whole;
}

/**
 * log2(x) with LOG2_BITS fraction bits, rounded down to a table step.
 * @param x 1 to 2^31 - 1
 */
export function log2(x: number): number {
  const whole = 31 - Math.clz32(x);
  // mantissa in [2^15, 2^16): the largest table step i with 2^(i/STEPS) · 2^15 ≤ mantissa
  const mantissa = whole > 15 ? x >> (whole - 15) : x << (15 - whole);
  let low = 0;
  for (let step = STEPS >> 1; step > 0; step >>= 1) {
    // 2^(i/STEPS) = 2 · 2^(-(STEPS - i)/STEPS)
    if (2 * POWERS[STEPS - (low + step)] <= mantissa) low += step;
  }
  return (whole << LOG2_BITS) + low;
}

function makePowers(): Int32Array {
  // roots[b] = 2^(-2^-b) in Q30, b = 1 to LOG2_BITS: each the square root of the one before
  const roots = [1 << 29];
  for (let b = 1; b <= LOG2_BITS; b++) roots.push(rootQ30(roots[b - 1]));
  const powers = new Int32Array(STEPS);
  for (let i = 0; i < STEPS; i++) {
    let power = 1 << 30;
    for (let b = 1; b <= LOG2_BITS; b++) {
      if (i & (1 << (LOG2_BITS - b))) power = productQ30(power, roots[b]);
    }
    powers[i] = (power + (1 << 14)) >> 15;
  }
  return powers;
}

/** a · b / 2^30, rounded down; 0 ≤ a, b ≤ 2^30. Split at 15 bits, so that every double is exact. */
function productQ30(a: number, b: number): number {
  const high = (a >> 15) * b; // below 2^45
  const low = (a & 32767) * b; // below 2^45
  return Math.floor((high + Math.floor(low / 32768)) / 32768);
}

/** sqrt(a / 2^30) · 2^30, rounded down; bit by bit. */
function rootQ30(a: number): number {
  let root = 0;
  for (let bit = 1 << 29; bit > 0; bit >>= 1) {
    const next = root + bit;
    if (productQ30(next, next) <= a) root = next;
  }
  return root;
}
