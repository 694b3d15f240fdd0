/**
 * Zeros. In XS `fill` takes 29 instructions for an element, and this, in C, 3.
 * @module
 */

/**
 * values[i] = 0, for i from 0 to n - 1.
 *
 * @param values uint8 or int32 [n] overwritten
 * @param n      0 or more
 */
export function clearValues(values: Uint8Array | Int32Array, valuesAt: number, n: number): void {
  values.fill(0, valuesAt, valuesAt + n);
}
