/**
 * Squares of one batch's values summed by example, and their roots: what norms are made of. Layout as in dense.ts.
 *
 * Exact: a sum of errors has at most 2,048 terms of ERROR_MAX², one of inputs at most 32,768 of 255², so
 * both are below 2^31. The caller adds up longer ones.
 * @module
 */
import { squareRoot } from '../../shared/fixed/bits.js';

/**
 * sums[lane] = Σ values[i][lane]², for i from from to to - 1.
 *
 * @param sums   int32 [lanes] overwritten
 * @param values uint8, int8 or int16 [to × lanes]
 */
export function sumSquares(
  sums: Int32Array,
  sumsAt: number,
  values: Uint8Array | Int8Array | Int16Array,
  valuesAt: number,
  lanes: number,
  from: number,
  to: number,
): void {
  for (let lane = 0; lane < lanes; lane++) {
    let sum = 0;
    const end = valuesAt + to * lanes;
    for (let i = valuesAt + from * lanes + lane; i < end; i += lanes) {
      const v = values[i];
      sum += v * v;
    }
    sums[sumsAt + lane] = sum;
  }
}

/**
 * The same of listed values only: those of kept[from] to kept[to - 1].
 *
 * @param sums   int32 [lanes] overwritten
 * @param values uint8 or int8 [reach × lanes]
 * @param kept   uint16 [to] places
 * @where reach = largest(kept, keptAt + from, to - from) + 1
 */
export function sumListedSquares(
  sums: Int32Array,
  sumsAt: number,
  values: Uint8Array | Int8Array,
  valuesAt: number,
  kept: Uint16Array,
  keptAt: number,
  lanes: number,
  from: number,
  to: number,
): void {
  for (let lane = 0; lane < lanes; lane++) {
    let sum = 0;
    for (let k = from; k < to; k++) {
      const v = values[valuesAt + kept[keptAt + k] * lanes + lane];
      sum += v * v;
    }
    sums[sumsAt + lane] = sum;
  }
}

/**
 * The same of marked values only.
 *
 * @param sums   int32 [lanes] overwritten
 * @param values uint8 or int8 [to × lanes]
 * @param marks  uint8 [to] 1 where a value counts
 */
export function sumMarkedSquares(
  sums: Int32Array,
  sumsAt: number,
  values: Uint8Array | Int8Array,
  valuesAt: number,
  marks: Uint8Array,
  marksAt: number,
  lanes: number,
  from: number,
  to: number,
): void {
  for (let lane = 0; lane < lanes; lane++) {
    let sum = 0;
    for (let i = from; i < to; i++) {
      if (marks[marksAt + i] === 0) continue;
      const v = values[valuesAt + i * lanes + lane];
      sum += v * v;
    }
    sums[sumsAt + lane] = sum;
  }
}

/**
 * roots[lane] = floor(sqrt(roots[lane])).
 *
 * @param roots int32 [lanes] 0 or more
 */
export function squareRoots(roots: Int32Array, rootsAt: number, lanes: number): void {
  for (let lane = 0; lane < lanes; lane++) roots[rootsAt + lane] = squareRoot(roots[rootsAt + lane]);
}
