/**
 * Brings real features to mean 0 and deviation 1, with the training part's numbers only, and to
 * int8: round(32 · (x − mean) / sd), at most ±127. One mean and deviation for each group of
 * features that follow each other: a mel band over its frames, a column of a CSV file.
 * Floats: it runs on the host that makes the data, never on a board.
 * @module
 */

export interface Standard {
  readonly mean: readonly number[]; // one for each group
  readonly sd: readonly number[]; // above 0; 1 where a group does not vary
}

/** Scaled features are raw · 2^-5: about ±4 deviations fit in int8. */
export const STANDARD_EXP = -5;

/**
 * @param values training features, [examples × featureCount], finite
 * @param groups divides featureCount
 */
export function standardOf(values: ArrayLike<number>, featureCount: number, groups: number): Standard {
  const size = featureCount / groups;
  const perGroup = values.length / groups;
  const groupOf = (i: number) => Math.floor((i % featureCount) / size);
  const sums = new Array<number>(groups).fill(0);
  for (let i = 0; i < values.length; i++) sums[groupOf(i)] += values[i];
  const mean = sums.map((sum) => sum / perGroup);
  const squares = new Array<number>(groups).fill(0);
  for (let i = 0; i < values.length; i++) squares[groupOf(i)] += (values[i] - mean[groupOf(i)]) ** 2;
  return { mean, sd: squares.map((square) => Math.sqrt(square / perGroup) || 1) };
}

/** @returns int8 as two's complement, exponent `STANDARD_EXP` */
export function standardise(
  values: ArrayLike<number>,
  featureCount: number,
  { mean, sd }: Standard,
): Uint8Array {
  const size = featureCount / mean.length;
  const raw = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const g = Math.floor((i % featureCount) / size);
    const scaled = ((values[i] - mean[g]) / sd[g]) * 2 ** -STANDARD_EXP;
    raw[i] = Math.max(-127, Math.min(127, nearest(scaled)));
  }
  return raw;
}

/** To the nearest integer, ties away from zero. */
export function nearest(x: number): number {
  return x < 0 ? -Math.floor(0.5 - x) : Math.floor(x + 0.5);
}
