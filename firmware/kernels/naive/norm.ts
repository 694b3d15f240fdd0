/**
 * The sums of squares of norm.ts in their plainest form.
 * @module
 */

/** Arguments as the kernel's. */
export function sumSquares(
  sums: Int32Array,
  sumsAt: number,
  values: Uint8Array | Int8Array | Int16Array,
  valuesAt: number,
  lanes: number,
  from: number,
  to: number,
): void {
  sums.fill(0, sumsAt, sumsAt + lanes);
  for (let i = from * lanes; i < to * lanes; i++) sums[sumsAt + (i % lanes)] += values[valuesAt + i] ** 2;
}

/** Arguments as the kernel's. */
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
  sums.fill(0, sumsAt, sumsAt + lanes);
  for (const i of kept.subarray(keptAt + from, keptAt + to)) {
    for (let lane = 0; lane < lanes; lane++) sums[sumsAt + lane] += values[valuesAt + i * lanes + lane] ** 2;
  }
}

/** Arguments as the kernel's. */
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
  sums.fill(0, sumsAt, sumsAt + lanes);
  for (let i = from; i < to; i++) {
    for (let lane = 0; lane < lanes; lane++) {
      sums[sumsAt + lane] += marks[marksAt + i] * values[valuesAt + i * lanes + lane] ** 2;
    }
  }
}

/** Arguments as the kernel's. */
export function squareRoots(roots: Int32Array, rootsAt: number, lanes: number): void {
  for (let lane = 0; lane < lanes; lane++)
    roots[rootsAt + lane] = Math.floor(Math.sqrt(roots[rootsAt + lane]));
}
