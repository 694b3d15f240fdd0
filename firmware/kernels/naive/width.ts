/**
 * The counts of width.ts in their plainest form.
 * @module
 */
import { WIDTHS } from '../width.js';

/** Arguments as the kernel's. */
export function countWidths(
  widths: Int32Array,
  widthsAt: number,
  values: Int16Array | Int32Array,
  valuesAt: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const value = values[valuesAt + i];
    widths[widthsAt + (value === 0 ? 0 : Math.abs(value).toString(2).length)]++;
  }
}

/** Arguments as the kernel's. */
export function widthOfMost(widths: Int32Array, widthsAt: number, clipped: number): number {
  for (let width = 0; width < WIDTHS; width++) {
    const wider = widths.subarray(widthsAt + width + 1, widthsAt + WIDTHS);
    if (wider.reduce((sum, count) => sum + count, 0) <= clipped) return width;
  }
  return WIDTHS;
}
