/**
 * The largest of real numbers, by the rules of the integer trainer: ties go to the lower place.
 * @module
 */

/** Places of the `count` largest |values|, ascending. @param count 1 to the length */
export function largestPlaces(values: Float64Array, count: number): Uint32Array {
  const places = new Uint32Array(count);
  const magnitudes = new Float64Array(values.length); // loops, not callbacks: this is half of a sparse run
  for (let i = 0; i < values.length; i++) magnitudes[i] = Math.abs(values[i]);
  const threshold = kthLargest(magnitudes, values.length, count);
  let ties = count;
  for (let i = 0; i < count; i++) if (magnitudes[i] > threshold) ties--; // those above it stand before it
  let to = 0;
  for (let i = 0; to < count; i++) {
    const magnitude = Math.abs(values[i]);
    if (magnitude > threshold || (magnitude === threshold && ties-- > 0)) places[to++] = i;
  }
  return places;
}

/**
 * Marks the `keep` largest |inputs| of one example, but never a 0.
 *
 * @param marks    [inputs] set to 1 where kept, else as before
 * @param withTies all that equal the last one are kept, as SWAT's threshold does; else the lower places
 * @param scratch  [inputs] overwritten
 */
export function markLargest(
  marks: Uint8Array,
  inputs: Float64Array,
  keep: number,
  withTies: boolean,
  scratch: Float64Array,
): void {
  let count = 0;
  for (let i = 0; i < inputs.length; i++) {
    if (inputs[i] !== 0) scratch[count++] = Math.abs(inputs[i]);
  }
  const threshold = keep < count ? kthLargest(scratch, count, keep) : 0;
  let ties = keep;
  for (let k = 0; k < count; k++) if (scratch[k] > threshold) ties--;
  for (let i = 0; i < inputs.length; i++) {
    const magnitude = Math.abs(inputs[i]);
    if (magnitude === 0 || magnitude < threshold) continue;
    if (magnitude > threshold || withTies || ties-- > 0) marks[i] = 1;
  }
}

/**
 * The k-th largest of the first n values, which are permuted.
 * @param k 1 to n
 * Source: Hoare 1961, algorithm 65 (FIND).
 */
export function kthLargest(values: Float64Array, n: number, k: number): number {
  const at = k - 1; // were they in falling order
  let left = 0;
  let right = n - 1;
  while (left < right) {
    const pivot = values[(left + right) >> 1];
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i] > pivot) i++;
      while (values[j] < pivot) j--;
      if (i > j) break;
      const swap = values[i];
      values[i++] = values[j];
      values[j--] = swap;
    }
    if (at <= j) right = j;
    else if (at >= i) left = i;
    else break;
  }
  return values[at];
}
