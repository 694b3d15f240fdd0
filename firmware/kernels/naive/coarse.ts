/**
 * The magnitudes of coarse.ts in their plainest form.
 * @module
 */

/** Arguments as the kernel's. */
export function coarseMagnitudes(
  magnitudes: Int32Array,
  magnitudesAt: number,
  weights: Int16Array,
  weightsAt: number,
  shift: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    magnitudes[magnitudesAt + i] = Math.floor(Math.abs(weights[weightsAt + i]) / 2 ** shift);
  }
}
