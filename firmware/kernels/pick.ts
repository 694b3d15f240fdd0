/**
 * The chosen ones of a block of weights, or of their differences to the base model.
 * @module
 */

/**
 * Gathers values[places[i] - first] for the places of the block, first to first + n - 1, in their order.
 *
 * @param picked int32 [n]
 * @param values int16 [n]
 * @param places uint32 [count] ascending, the first of them at `first` or above
 * @param count  places at most
 * @param first  0 to 134217727: the place of values[0]
 * @returns how many
 */
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

/**
 * The same of weights[i] - base[i].
 *
 * @param picked  int32 [n]
 * @param weights int16 [n]
 * @param base    int16 [n]
 * @param places  uint32 [count] ascending, the first of them at `first` or above
 * @param count   places at most
 * @param first   0 to 134217727: the place of weights[0]
 * @returns how many
 */
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
  const most = count < n ? count : n;
  let i = 0;
  while (i < most) {
    const at = places[placesAt + i] - first;
    if (at < 0 || at >= n) break;
    picked[pickedAt + i] = weights[weightsAt + at] - base[baseAt + at];
    i++;
  }
  return i;
}
