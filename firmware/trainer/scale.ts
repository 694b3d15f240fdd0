/**
 * Numbers of an update in few bits: by which power of two they are divided, and how the quotient is
 * rounded. 16 bits hold nearly all numbers as they are and round to nearest; with 8 and 4 bits the rounding
 * is stochastic, so that the mean over boards and rounds stays right. Its noise is a function of the
 * place, so neither slices nor the order of visits can change a bit (law 1).
 * Source: Gupta et al. 2015, section 3 (stochastic rounding).
 * @module
 */
import { bitWidth } from '../../shared/fixed/bits.js';
import { mix } from '../../shared/fixed/random.js';
import { shiftNearest, shiftStochastic } from '../../shared/fixed/rounding.js';
import { saturate } from '../../shared/fixed/saturation.js';
import { numberMax, type ValueBits } from '../../shared/model/delta.js';

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

/** How many numbers have each bit width. */
export class Widths {
  readonly #counts = new Uint32Array(33);

  add(value: number): void {
    this.#counts[bitWidth(value)]++;
  }

  /**
   * The smallest shift with which at most `clipped` numbers pass `bits` bits, sign included.
   * @param most largest shift; with it more may pass
   */
  shift(bits: ValueBits, clipped: number, most: number): number {
    let wider = 0;
    let width = this.#counts.length - 1;
    while (width > 0 && wider + this.#counts[width] <= clipped) wider += this.#counts[width--];
    return Math.min(most, Math.max(0, width - (bits - 1)));
  }
}

/**
 * value / 2^shift in so many bits; what does not fit saturates.
 * @param value |value| ≤ 2^30
 * @param seed  of the tensor's noise
 * @param place of the number in its tensor
 */
export function shorten(value: number, shift: number, bits: ValueBits, seed: number, place: number): number {
  const quotient = bits === 16 ? shiftNearest(value, shift) : shiftStochastic(value, shift, mix(seed, place));
  return saturate(quotient, numberMax(bits));
}
