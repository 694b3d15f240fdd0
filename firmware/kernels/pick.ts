/**
 * The chosen ones of a block of values.
 * @module
 */

/**
 * Gathers values[places[i] - first] for the places of the block, first to first + n - 1, in their order.
 *
 * @param picked int32 [n]; may lie where the values do
 * @param values int16 or int32 [n]
 * @param places uint32 [count] ascending, the first of them at `first` or above
 * @param count  places at most
 * @param first  0 to 134217727: the place of values[0]
 * @returns how many
 */
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
  const most = count < n ? count : n;
  let i = 0;
  while (i < most) {
    const at = places[placesAt + i] - first;
    if (at < 0 || at >= n) break;
    picked[pickedAt + i] = values[valuesAt + at];
    i++;
  }
  return i;
}
