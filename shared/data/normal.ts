/**
 * Bringing raw sensor values to the int8 features of a model, the same way on every board. What mean and
 * deviation are is learned by the federation: each board sums its own raw values, the server adds the sums
 * and gives back integers. All sums are exact below 2^53.
 * @module
 */

/** Sums over raw int16 values of one channel. */
export interface Moments {
  readonly count: number; // at most 2^22: the squares then stay below 2^53
  readonly sum: number;
  readonly squares: number;
}

/** feature = (raw − offset) · mantissa / 2^shift, rounded to nearest, ties up, within int8. */
export interface Normal {
  readonly offset: number; // int16
  readonly mantissa: number; // 1 to 16,383: |raw − offset| · mantissa stays below 2^30
  readonly shift: number; // 0 to 24
}

export const MAX_MOMENTS_COUNT = 2 ** 22;
/** A deviation from the mean becomes this: int8 holds four of them. */
const DEVIATION = 32;
const MAX_MANTISSA = 16383;
const MAX_SHIFT = 24;

/**
 * The normalisation of one channel of many boards. Runs on the server, in exact arithmetic that cannot
 * overflow: equal sums, in whatever order, give equal integers everywhere.
 * @throws RangeError without a value
 */
export function normalOf(boards: readonly Moments[]): Normal {
  const n = boards.reduce((total, { count }) => total + BigInt(count), 0n);
  if (n < 1n) throw new RangeError(`moments of ${n} values, expected 1 or more`);
  const sum = boards.reduce((total, board) => total + BigInt(board.sum), 0n);
  const squares = boards.reduce((total, board) => total + BigInt(board.squares), 0n);
  const offset = Number(divideNearest(sum, n));
  // variance · n² = n · squares − sum²; a constant channel gets a deviation of one raw step
  const spread = n * squares - sum * sum;
  const floor = spread > n * n ? spread : n * n;
  for (let shift = MAX_SHIFT; shift >= 0; shift--) {
    // DEVIATION · 2^shift / deviation = DEVIATION · 2^shift · n / √(variance · n²)
    const mantissa = Number(
      (BigInt(DEVIATION) * 2n ** BigInt(shift) * n * SCALE) / squareRoot(floor * SCALE * SCALE),
    );
    if (mantissa <= MAX_MANTISSA) return { offset, mantissa: Math.max(1, mantissa), shift };
  }
  return { offset, mantissa: MAX_MANTISSA, shift: 0 };
}

/** Digits that the square root keeps behind the point. */
const SCALE = 65536n;

/** @param raw int16 @returns int8 */
export function normalise(raw: number, { offset, mantissa, shift }: Normal): number {
  const half = shift === 0 ? 0 : 1 << (shift - 1);
  const value = ((raw - offset) * mantissa + half) >> shift;
  return value > 127 ? 127 : value < -128 ? -128 : value;
}

/** Rounded to nearest, ties away from zero. @param b positive */
function divideNearest(a: bigint, b: bigint): bigint {
  return a < 0n ? -((-2n * a + b) / (2n * b)) : (2n * a + b) / (2n * b);
}

/** ⌊√x⌋, by Newton's method from above. @param x positive */
function squareRoot(x: bigint): bigint {
  let root = x;
  for (let next = (x + 1n) / 2n; next < root; next = (next + x / next) / 2n) root = next;
  return root;
}
