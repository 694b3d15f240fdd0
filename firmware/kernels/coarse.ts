/**
 * Magnitudes of weights in a coarser unit, for comparing layers with each other.
 * @module
 */

/**
 * magnitudes[i] = |weights[i]| >> shift
 *
 * @param magnitudes int32 [n]
 * @param weights    int16 [n]
 * @param shift      0 to 30
 */
export function coarseMagnitudes(
  magnitudes: Int32Array,
  magnitudesAt: number,
  weights: Int16Array,
  weightsAt: number,
  shift: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const weight = weights[weightsAt + i];
    magnitudes[magnitudesAt + i] = (weight < 0 ? -weight : weight) >> shift;
  }
}
