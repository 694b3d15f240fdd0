/**
 * Which inputs are kept. Thresholds come from exact counting, so the choice has no history and is the
 * same on every engine; ties go to the lower index.
 * @module
 */

/** Bins of the histogram of |input|: uint8 up to 255, int8 up to 128. */
export const INPUT_BINS = 256;

/**
 * Marks the `keep` largest |inputs| of one example. A zero is never kept, since it gives no gradient.
 * Pixels tie often: with `clearRest` all that equal the last one are kept, as SWAT's threshold does
 * (Raihan & Aamodt 2020), else ties go to the lower index.
 *
 * @param marks     uint8 [cols] set to 1 where kept, else as before: the union over the lanes
 * @param histogram int32 [INPUT_BINS] scratch
 * @param inputs    uint8 or int8 [cols × lanes]
 * @param keep      1 to cols
 * @param lane      0 to lanes - 1
 * @param clearRest 1: inputs of this lane that are not kept become 0
 */
export function keepLargest(
  marks: Uint8Array,
  marksAt: number,
  histogram: Int32Array,
  histogramAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  keep: number,
  clearRest: number,
  cols: number,
  lanes: number,
  lane: number,
): void {
  histogram.fill(0, histogramAt, histogramAt + INPUT_BINS);
  const end = inputsAt + cols * lanes;
  let most = 0;
  let nonzero = 0;
  for (let x = inputsAt + lane; x < end; x += lanes) {
    const v = inputs[x];
    if (v === 0) continue;
    const magnitude = v < 0 ? -v : v;
    if (magnitude > most) most = magnitude;
    histogram[histogramAt + magnitude]++;
    nonzero++;
  }
  let threshold = nonzero < keep ? 0 : most;
  let ties = keep;
  while (threshold > 0 && histogram[histogramAt + threshold] < ties) {
    ties -= histogram[histogramAt + threshold];
    threshold--;
  }
  let x = inputsAt + lane;
  for (let c = 0; c < cols; c++) {
    const v = inputs[x];
    const magnitude = v < 0 ? -v : v;
    let kept = 0;
    if (magnitude >= threshold) {
      if (magnitude > threshold) kept = 1;
      else if (magnitude > 0 && (ties > 0 || clearRest === 1)) {
        ties--;
        kept = 1;
      }
    }
    if (kept === 1) marks[marksAt + c] = 1;
    else if (clearRest === 1) inputs[x] = 0;
    x += lanes;
  }
}

/**
 * Lists the marked columns and clears the marks.
 *
 * @param kept  uint16 [cols] overwritten, ascending
 * @param marks uint8 [cols] cleared; marksAt is a multiple of 4
 * @param words int32 [(marksAt + cols) / 4] of the same buffer: four marks at once, since most are 0
 * @returns how many
 */
export function listKept(
  kept: Uint16Array,
  keptAt: number,
  marks: Uint8Array,
  marksAt: number,
  words: Int32Array,
  cols: number,
): number {
  let count = 0;
  let c = 0;
  while (c < cols) {
    if (c + 4 <= cols && words[(marksAt + c) >> 2] === 0) {
      c += 4;
      continue;
    }
    const end = c + 4 <= cols ? c + 4 : cols;
    for (; c < end; c++) {
      if (marks[marksAt + c] === 0) continue;
      marks[marksAt + c] = 0;
      kept[keptAt + count] = c;
      count++;
    }
  }
  return count;
}
