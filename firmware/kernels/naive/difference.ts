/**
 * The differences of difference.ts in their plainest form.
 * @module
 */

/** Arguments as the kernel's. */
export function weightDifferences(
  differences: Int32Array,
  differencesAt: number,
  weights: Int16Array,
  weightsAt: number,
  base: Int16Array,
  baseAt: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) differences[differencesAt + i] = weights[weightsAt + i] - base[baseAt + i];
}

/** Arguments as the kernel's. */
export function biasDifferences(
  differences: Int32Array,
  differencesAt: number,
  biases: Int32Array,
  biasesAt: number,
  base: Int32Array,
  baseAt: number,
  n: number,
): void {
  const far = Array.from({ length: n }, (_, i) => biases[biasesAt + i] - base[baseAt + i]);
  differences.set(far, differencesAt);
}
