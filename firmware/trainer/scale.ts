/**
 * Numbers of an update in few bits: by which power of two they are divided, and how the quotient is
 * rounded. 16 bits hold nearly all numbers as they are and round to nearest; with 8 and 4 bits the rounding
 * is stochastic, so that the mean over boards and rounds stays right.
 * @module
 */
import type { ValueBits } from '../../shared/model/delta.js';
import { widthOfMost } from '../kernels/width.js';

/** Work of counting one number and of rounding it, in multiply-accumulates. */
export const COUNT_MACS = 2;
export const ROUND_MACS = 5;

/**
 * How many of so many values may saturate: of 4 bits one in 32, since a few large ones would make all
 * others coarse. On the updates of fashion14 and speech12 that halves the mean squared error against none
 * (0.04 for 0.07 of the values' square); of 8 bits none may, where one in 64 costs ten times the error.
 */
export function clippedOf(values: number, bits: ValueBits): number {
  return bits === 4 ? values >> 5 : 0;
}

/**
 * The smallest shift with which at most `clipped` numbers pass `bits` bits, sign included.
 * @param widths int32 [WIDTHS] how many numbers have each bit width
 * @param most   largest shift; with it more may pass
 */
export function shiftFor(
  widths: Int32Array,
  widthsAt: number,
  bits: ValueBits,
  clipped: number,
  most: number,
): number {
  return Math.min(most, Math.max(0, widthOfMost(widths, widthsAt, clipped) - (bits - 1)));
}
