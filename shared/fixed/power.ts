/**
 * Powerpropagation (Schwarz et al. 2021) in integers: a weight's real value is sign(q) · |q|^p of the
 * number q that is trained, kept and sent, for p = 5/4 (SparsyFed, Guastella et al. 2025) or 2. The
 * gradient then has a factor p · |q|^(p - 1): what is large grows, and 0 stays 0.
 *
 * |q|^(p - 1) is read from a table by the highest seven bits of |q|, as the power of the middle of that
 * range; everything follows from it, so the table is the definition and no root is taken in training.
 * @module
 */
import { squareRoot } from './bits.js';
import { frozen } from './frozen.js';

/** p in quarters; PLAIN = no power. */
export type Power = 4 | 5 | 8;

export const PLAIN: Power = 4;

/** Fraction bits of a root and of a gradient's factor. */
export const ROOT_BITS = 11;

/** Fraction bits of a table's mantissas. */
export const ROOT_STEPS_BITS = 6;

/** Largest factor of a gradient: a difference of two int16 times it, and noise, stays in 31 bits. */
export const FACTOR_MAX = 16383;

/** Largest exponent of |q|, its highest bit as a power of two: from 8 on all count as nearly 8. */
export const ROOT_EXP_MAX = 2;

export interface PowerTable {
  /** uint16 [4 << ROOT_STEPS_BITS] x^(p - 1) of 1 to 16 by octave and mantissa, in units of 2^-ROOT_BITS */
  readonly roots: Uint16Array;
  /** bits that x^(p - 1) falls when x falls by four octaves */
  readonly fall: number;
}

const STEPS = 1 << ROOT_STEPS_BITS;

const FOURTH_ROOT: PowerTable = frozen({ roots: makeTable(fourthRoot), fall: 1 });
const FIRST_POWER: PowerTable = frozen({ roots: makeTable((x) => x >> (7 + 13 - ROOT_BITS)), fall: 4 });

/** @param power but PLAIN */
export function powerTable(power: Power): PowerTable {
  return power === 5 ? FOURTH_ROOT : FIRST_POWER;
}

/**
 * |q · 2^exp|^(p - 1) in units of 2^-ROOT_BITS.
 * @param magnitude |q|, 1 to 32767
 * @param exp       -15 to 0
 */
export function rootAt({ roots, fall }: PowerTable, magnitude: number, exp: number): number {
  const zeros = Math.clz32(magnitude);
  const octave = 31 - zeros + exp;
  if (octave > ROOT_EXP_MAX) return roots[(roots.length / 4) * ROOT_EXP_MAX + STEPS - 1];
  const step = ((magnitude << zeros) >>> (31 - ROOT_STEPS_BITS)) & (STEPS - 1);
  return roots[((octave & 3) << ROOT_STEPS_BITS) | step] >> (-(octave >> 2) * fall);
}

/** The weight of q in its own unit, to nearest, saturating. @param q int16 @param exp -15 to 0 */
export function raised(q: number, power: Power, exp: number, weightMax: number): number {
  if (q === 0 || power === PLAIN) return q;
  const magnitude = q < 0 ? -q : q;
  const root = rootAt(powerTable(power), magnitude, exp);
  const weight = Math.min(weightMax, (magnitude * root + (1 << (ROOT_BITS - 1))) >> ROOT_BITS);
  return q < 0 ? -weight : weight;
}

/** The smallest |q| whose weight is at least |weight|, with its sign; weightMax where there is none. */
export function lowered(weight: number, power: Power, exp: number, weightMax: number): number {
  if (power === PLAIN) return weight;
  const magnitude = weight < 0 ? -weight : weight;
  let low = 0;
  let high = weightMax;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (raised(middle, power, exp, weightMax) < magnitude) low = middle + 1;
    else high = middle;
  }
  return weight < 0 ? -low : low;
}

/** @param of gives x^(p - 1) from x in units of 2^-20, 2^20 to 2^24 - 1 */
function makeTable(of: (x: number) => number): Uint16Array {
  return Uint16Array.from({ length: 4 * STEPS }, (_, i) => {
    const middle = 2 * (STEPS + (i & (STEPS - 1))) + 1; // in units of 2^-7
    return of(middle << (13 + (i >> ROOT_STEPS_BITS)));
  });
}

/** x^(1/4) in units of 2^-ROOT_BITS, to nearest. */
function fourthRoot(x: number): number {
  const root = squareRoot(x << 6); // sqrt in units of 2^-13
  return (squareRoot(root << 15) + (1 << (13 - ROOT_BITS))) >> (14 - ROOT_BITS);
}
