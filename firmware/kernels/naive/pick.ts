/**
 * The choice of pick.ts in its plainest form.
 * @module
 */

/** Arguments as the kernel's. */
export function pickValues(
  picked: Int32Array,
  pickedAt: number,
  values: Int16Array | Int32Array,
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
