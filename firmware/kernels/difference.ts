/**
 * How far trained parameters are from those of the base model.
 * @module
 */

/**
 * differences[i] = weights[i] - base[i]
 *
 * @param differences int32 [n], |difference| ≤ 65535
 * @param weights     int16 [n]
 * @param base        int16 [n]
 */
export function weightDifferences(
  differences: Int32Array,
  differencesAt: number,
  weights: Int16Array,
  weightsAt: number,
  base: Int16Array,
  baseAt: number,
  n: number,
): void {
  let w = weightsAt;
  let b = baseAt;
  const end = differencesAt + n;
  for (let to = differencesAt; to < end; to++) {
    differences[to] = weights[w] - base[b];
    w++;
    b++;
  }
}

/**
 * The same of biases.
 *
 * @param differences int32 [n], |difference| ≤ 2^31 - 1; may lie where the base does
 * @param biases      int32 [n]
 * @param base        int32 [n]
 */
export function biasDifferences(
  differences: Int32Array,
  differencesAt: number,
  biases: Int32Array,
  biasesAt: number,
  base: Int32Array,
  baseAt: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) differences[differencesAt + i] = biases[biasesAt + i] - base[baseAt + i];
}
