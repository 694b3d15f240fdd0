/**
 * The learning rate of a batch in integers. What clipping and units make of it is a kernel's work (kernels/rate.ts).
 * @module
 */
import { bitWidth } from '../../shared/fixed/bits.js';
import type { Rate } from '../../shared/model/method.js';

/** Bits of a rate's mantissa. */
const MANTISSA_BITS = 8;

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
