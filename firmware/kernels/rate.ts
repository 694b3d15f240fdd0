/**
 * The rate of one layer's step: clipped by the norm of its gradient and put into the units of its weights and biases.
 * A rate is mantissa · 2^exp with 8 bits of mantissa; here both are in one number, exp · 256 + mantissa.
 * @module
 */
import { bitWidth } from '../../shared/fixed/bits.js';
import { NOISE_BITS } from '../../shared/fixed/noise.js';

/** Bits of a rate's mantissa. */
const MANTISSA_BITS = 8;
const MANTISSA_MAX = 255;

/** Fraction bits of a clipping factor. */
const FACTOR_BITS = 10;

/** Clip bounds are in units of 2^-4. */
const CLIP_BITS = 4;

/** Bits of the two norms that are compared: bound << FACTOR_BITS stays below 2^30. */
const NORM_BITS = 20;

/**
 * Bounds the rate so that the gradient's norm counts as at most the bound, to within the 8 bits of a rate, and gives it
 * as mantissa and right shift of the two steps, step = (gradient · mantissa) / 2^shift. The norm is bounded from above
 * by the mean over the examples of |error| · |input|, the norm of each outer product; it costs one pass over units, not
 * over weights. A convolution's is in trainer/norm.ts. A step too large for its least shift saturates, one too
 * small for NOISE_BITS loses low bits of its mantissa.
 *
 * @param steps    int32 [4] overwritten: mantissa, 0 to 255, and shift, up to NOISE_BITS, of the weights, then of the
 *   biases. The first two hold what norm.ts left: high, below 2^20, and low part of the sum over the examples.
 * @param mantissa 1 to 255: of the rate, a mean over the examples
 * @param exp      -1000 to 1000
 * @param normExp  -1000 to 1000: exponent of the norms
 * @param bound    0 to 2147483647: of their sum, in units of 2^-4; 0 = none
 * @param weights  -1000 to 1000: exponent of the weights less that of their gradient
 * @param biases   -1000 to 1000: the same of the biases
 * @param least    -6 to 0: the biases' smallest shift; the weights' is 0
 *
 * Source: Pascanu et al. 2013, section 3.2 (norm clipping), per layer.
 */
export function clipSteps(
  steps: Int32Array,
  stepsAt: number,
  mantissa: number,
  exp: number,
  normExp: number,
  bound: number,
  weights: number,
  biases: number,
  least: number,
): void {
  const high = steps[stepsAt];
  const low = steps[stepsAt + 1];
  const rate = clipped(mantissa, exp, high, low, normExp, bound);
  const step = stepOf(rate, weights, 0);
  const biasStep = stepOf(rate, biases, least);
  steps[stepsAt] = step & 255;
  steps[stepsAt + 1] = step >> 8;
  steps[stepsAt + 2] = biasStep & 255;
  steps[stepsAt + 3] = biasStep >> 8;
}

function clipped(
  mantissa: number,
  exp: number,
  high: number,
  low: number,
  normExp: number,
  bound: number,
): number {
  const unclipped = exp * 256 + mantissa;
  if (bound === 0 || (high === 0 && low === 0)) return unclipped;
  // both with NORM_BITS bits, rounded down
  let norm = 0;
  let lost = 0;
  if (high < 32768) {
    norm = high * 65536 + low;
    lost = bitWidth(norm) - NORM_BITS;
    norm = lost > 0 ? norm >> lost : norm << -lost;
  } else {
    lost = bitWidth(high) + 16 - NORM_BITS;
    norm = (high << (16 - lost)) + (low >> lost);
  }
  const cut = bitWidth(bound) - NORM_BITS;
  const most = cut > 0 ? bound >> cut : bound << -cut;
  const octaves = cut - CLIP_BITS - (normExp + lost);
  if (octaves > 0 || (octaves === 0 && most >= norm)) return unclipped;
  const factor = ((most << FACTOR_BITS) / norm) | 0;
  return normalised(mantissa * factor, exp - FACTOR_BITS + octaves);
}

/** The nearest with a mantissa of at most 8 bits, ties up. */
function normalised(mantissa: number, exp: number): number {
  const shift = bitWidth(mantissa) - MANTISSA_BITS;
  if (shift <= 0) return exp * 256 + mantissa;
  const nearest = (mantissa + ((1 << shift) >> 1)) >> shift;
  if (nearest > MANTISSA_MAX) return (exp + shift + 1) * 256 + 128;
  return (exp + shift) * 256 + nearest;
}

/** @returns shift · 256 + mantissa */
function stepOf(rate: number, units: number, least: number): number {
  const mantissa = rate & 255;
  const shift = units - (rate >> 8);
  if (shift > NOISE_BITS) {
    const lost = shift - NOISE_BITS;
    return NOISE_BITS * 256 + (lost < MANTISSA_BITS ? mantissa >> lost : 0);
  }
  if (shift >= least) return shift * 256 + mantissa;
  const gained = least - shift;
  if (gained >= MANTISSA_BITS || mantissa << gained > MANTISSA_MAX) return least * 256 + MANTISSA_MAX;
  return least * 256 + (mantissa << gained);
}
