/**
 * Means over seeds, and differences of two methods seed by seed.
 * @module
 */

export interface Statistics {
  readonly mean: number;
  readonly sd: number; // of the sample; 0 for one value
}

/** A difference of pairs: both methods saw the same clients, examples and first weights. */
export interface PairedDifference {
  readonly mean: number;
  readonly error: number; // standard error of the mean; 0 for one pair
  readonly pairs: number;
}

/** @param values at least one */
export function statistics(values: readonly number[]): Statistics {
  const average = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  return { mean: average, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

/** values[i] - base[i]. @throws RangeError when the lists differ in length */
export function pairedDifference(values: readonly number[], base: readonly number[]): PairedDifference {
  if (values.length !== base.length) {
    throw new RangeError(`base of ${base.length} values, expected ${values.length}`);
  }
  const { mean, sd } = statistics(values.map((value, i) => value - base[i]));
  return { mean, error: sd / Math.sqrt(values.length), pairs: values.length };
}

/** @param values at least one */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
