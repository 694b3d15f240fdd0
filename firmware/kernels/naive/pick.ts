/**
 * The choices of pick.ts in their plainest form.
 * @module
 */

/** Arguments as the kernel's. */
export function pickValues(
  picked: Int32Array,
  pickedAt: number,
  values: Int16Array,
  valuesAt: number,
  places: Uint32Array,
  placesAt: number,
  count: number,
  first: number,
  n: number,
): number {
  const chosen = [...places.subarray(placesAt, placesAt + count)].filter((place) => place < first + n);
  picked.set(
    chosen.map((place) => values[valuesAt + place - first]),
    pickedAt,
  );
  return chosen.length;
}

/** Arguments as the kernel's. */
export function pickDifferences(
  picked: Int32Array,
  pickedAt: number,
  weights: Int16Array,
  weightsAt: number,
  base: Int16Array,
  baseAt: number,
  places: Uint32Array,
  placesAt: number,
  count: number,
  first: number,
  n: number,
): number {
  const chosen = [...places.subarray(placesAt, placesAt + count)].filter((place) => place < first + n);
  picked.set(
    chosen.map((place) => weights[weightsAt + place - first] - base[baseAt + place - first]),
    pickedAt,
  );
  return chosen.length;
}
