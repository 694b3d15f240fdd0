/**
 * Widths and roots of integers.
 * @module
 */

/** Bits needed for |x|: 0 for 0, else floor(log2 |x|) + 1. @param x int32 but -2^31 */
export function bitWidth(x: number): number {
  return 32 - Math.clz32(x < 0 ? -x : x);
}

/** floor(sqrt(x)). @param x 0 to 2^31 - 1 */
export function squareRoot(x: number): number {
  let root = 0;
  let rest = x;
  let bit = 1 << 30;
  while (bit > x) bit >>= 2;
  for (; bit !== 0; bit >>= 2) {
    if (rest >= root + bit) {
      rest -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  return root;
}

/** floor(sqrt(x)), with the low bits 0 above 2^31. @param x an integer below 2^52 */
export function squareRootWide(x: number): number {
  let square = x;
  let scale = 1;
  for (; square > 0x7fffffff; scale *= 2) square = Math.floor(square / 4);
  return squareRoot(square) * scale;
}
