/**
 * How many bits numbers need.
 * @module
 */
import { bitWidth } from '../../shared/fixed/bits.js';

/** Widths that there are: 0 to 32 bits. */
export const WIDTHS = 33;

/**
 * Counts values by the bits of their magnitude.
 *
 * @param widths int32 [WIDTHS] counted on
 * @param values int16 or int32 [n], |value| < 2^31
 */
export function countWidths(
  widths: Int32Array,
  widthsAt: number,
  values: Int16Array | Int32Array,
  valuesAt: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) widths[widthsAt + bitWidth(values[valuesAt + i])]++;
}

/**
 * The smallest width that at most `clipped` of the counted values pass.
 *
 * @param widths int32 [WIDTHS]
 */
export function widthOfMost(widths: Int32Array, widthsAt: number, clipped: number): number {
  let wider = 0;
  let width = WIDTHS - 1;
  while (width > 0 && wider + widths[widthsAt + width] <= clipped) {
    wider += widths[widthsAt + width];
    width--;
  }
  return width;
}
