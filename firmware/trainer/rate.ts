/**
 * The learning rate of one step in integers: divided by the batch, bounded by gradient clipping.
 * @module
 */
import type { Rate } from '../../shared/model/method.js';

/** Fraction bits of a clipping factor. */
const FACTOR_BITS = 10;

/** Clip bounds are in units of 2^-4. */
const CLIP_BITS = 4;

/** mantissa · 2^exp as the nearest with a mantissa of at most 8 bits. @param mantissa 0 to 2^31 - 2 */
export function normalRate(mantissa: number, exp: number): Rate {
  let m = mantissa;
  let e = exp;
  while (m > 255) {
    m = (m + 1) >> 1;
    e++;
  }
  return { mantissa: m, exp: e };
}

/** The rate of a mean over `lanes` examples. @param lanes 1 to 16 */
export function batchRate(rate: Rate, lanes: number): Rate {
  const mantissa = ((rate.mantissa << 16) / lanes) | 0;
  return normalRate(mantissa, rate.exp - 16);
}

/**
 * The rate bounded so that a layer's gradient norm counts as at most `clip`. The norm is bounded
 * from above by the mean over the examples of |error| · |input|, the norm of each outer product;
 * it costs one pass over units, not over weights.
 *
 * @param norms sum over the examples of the products of both norms, an integer below 2^53
 * @param exp   exponent of those products
 * @param lanes examples, 1 to 16
 * @param clip  in units of 2^-4; 0 = off
 *
 * Source: Pascanu et al. 2013, section 3.2 (norm clipping), per layer.
 */
export function clipRate(rate: Rate, norms: number, exp: number, lanes: number, clip: number): Rate {
  if (clip === 0) return rate;
  // compare norms · 2^exp with clip · lanes · 2^-CLIP_BITS, both as integers below 2^20
  let norm = norms;
  let bound = clip * lanes;
  let shift = exp + CLIP_BITS;
  while (norm >= 1048576) {
    norm = Math.floor(norm / 2);
    shift++;
  }
  for (; shift > 0 && bound > 0; shift--) bound >>= 1;
  for (; shift < 0 && norm > 0; shift++) {
    if (bound < 1048576) bound *= 2;
    else norm >>= 1;
  }
  if (norm <= bound) return rate;
  const factor = ((bound << FACTOR_BITS) / norm) | 0;
  return normalRate(rate.mantissa * factor, rate.exp - FACTOR_BITS);
}
