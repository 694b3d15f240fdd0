/**
 * The learning rate of one step in integers: divided by the batch, bounded by gradient clipping.
 * @module
 */
import { bitWidth } from '../../shared/fixed/bits.js';
import { NOISE_BITS } from '../../shared/fixed/noise.js';
import type { Rate } from '../../shared/model/method.js';

/** Bits of a rate's mantissa. */
const MANTISSA_BITS = 8;

/** Fraction bits of a clipping factor. */
const FACTOR_BITS = 10;

/** Clip bounds are in units of 2^-4. */
const CLIP_BITS = 4;

/** Bits of the two norms that are compared: bound << FACTOR_BITS stays below 2^30. */
const NORM_BITS = 20;

/** mantissa · 2^exp as the nearest with a mantissa of at most 8 bits, ties up. @param mantissa 0 to 2^30 */
export function normalRate(mantissa: number, exp: number): Rate {
  const shift = bitWidth(mantissa) - MANTISSA_BITS;
  if (shift <= 0) return { mantissa, exp };
  const m = (mantissa + (1 << (shift - 1))) >> shift;
  return m === 256 ? { mantissa: 128, exp: exp + shift + 1 } : { mantissa: m, exp: exp + shift };
}

/** The rate of a mean over `lanes` examples. @param lanes 1 to 16 */
export function batchRate(rate: Rate, lanes: number): Rate {
  const mantissa = ((rate.mantissa << 16) / lanes) | 0;
  return normalRate(mantissa, rate.exp - 16);
}

/**
 * The rate bounded so that a layer's gradient norm counts as at most `clip`, to within the 8 bits of a
 * rate. The norm is bounded from above by the mean over the examples of |error| · |input|, the norm
 * of each outer product; it costs one pass over units, not over weights. A convolution's is in norm.ts.
 *
 * @param norms sum over the examples of the products of both norms, an integer below 2^53
 * @param exp   exponent of those products
 * @param lanes examples, 1 to 16
 * @param clip  in units of 2^-4; 0 = off
 *
 * Source: Pascanu et al. 2013, section 3.2 (norm clipping), per layer.
 */
export function clipRate(rate: Rate, norms: number, exp: number, lanes: number, clip: number): Rate {
  if (clip === 0 || norms === 0) return rate;
  const norm = normalNorm(norms, exp);
  const bound = normalNorm(clip * lanes, -CLIP_BITS);
  const octaves = bound.exp - norm.exp;
  if (octaves > 0 || (octaves === 0 && bound.mantissa >= norm.mantissa)) return rate;
  const factor = ((bound.mantissa << FACTOR_BITS) / norm.mantissa) | 0;
  return normalRate(rate.mantissa * factor, rate.exp - FACTOR_BITS + octaves);
}

/** A rate in units of a parameter: step = (gradient · mantissa) / 2^shift. */
export interface Step {
  readonly mantissa: number; // 0 to 255
  readonly shift: number; // up to NOISE_BITS
}

/**
 * A rate as mantissa and right shift in units of the parameter. A step too large for `least`
 * saturates, one too small for NOISE_BITS loses low bits of its mantissa.
 *
 * @param exp   exponent of the parameter less that of the gradient
 * @param least smallest shift that the kernel's bound allows
 */
export function stepOf(rate: Rate, exp: number, least: number): Step {
  let { mantissa } = rate;
  let shift = exp - rate.exp;
  for (; shift > NOISE_BITS && mantissa > 0; shift--) mantissa >>= 1;
  for (; shift < least && mantissa < 256; shift++) mantissa <<= 1;
  return { mantissa: Math.min(255, mantissa), shift: Math.min(NOISE_BITS, Math.max(least, shift)) };
}

/** The same value with a mantissa of exactly NORM_BITS bits, rounded down. @param mantissa 1 to 2^53 - 1 */
function normalNorm(mantissa: number, exp: number): { mantissa: number; exp: number } {
  let m = mantissa;
  let e = exp;
  for (; m >= 1 << NORM_BITS; e++) m = Math.floor(m / 2);
  for (; m < 1 << (NORM_BITS - 1); e--) m *= 2;
  return { mantissa: m, exp: e };
}
