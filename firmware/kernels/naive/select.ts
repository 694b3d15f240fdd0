/**
 * The choices of ../select.ts by their definition: sort, then take.
 * @module
 */

/** Marks the `keep` largest |inputs| that are not 0; arguments as the kernel's. */
export function keepLargest(
  marks: Uint8Array,
  marksAt: number,
  _histogram: Int32Array,
  _histogramAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  keep: number,
  clearRest: number,
  cols: number,
  lanes: number,
  lane: number,
): void {
  const magnitudes = Array.from({ length: cols }, (_, c) => Math.abs(inputs[inputsAt + c * lanes + lane]));
  const order = magnitudes.map((_, c) => c).sort((a, b) => magnitudes[b] - magnitudes[a] || a - b);
  const kept = new Set(order.slice(0, keep));
  const least = magnitudes[order[keep - 1]];
  for (let c = 0; c < cols; c++) {
    if (clearRest === 1 && magnitudes[c] === least) kept.add(c);
    if (magnitudes[c] === 0) kept.delete(c);
    if (kept.has(c)) marks[marksAt + c] = 1;
    else if (clearRest === 1) inputs[inputsAt + c * lanes + lane] = 0;
  }
}

/**
 * Lists what `keepLargest` marks with one lane; marks it and clears the rest with several. Arguments and result as the
 * kernel's.
 */
export function keepColumns(
  kept: Uint16Array,
  keptAt: number,
  marks: Uint8Array,
  marksAt: number,
  histogram: Int32Array,
  histogramAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  keep: number,
  allTies: number,
  _guess: number,
  cols: number,
  lanes: number,
  lane: number,
): number {
  const own = new Uint8Array(cols);
  const values = inputs.slice(inputsAt, inputsAt + cols * lanes);
  // biome-ignore format: arguments in groups
  keepLargest(own, 0, histogram, histogramAt, values, 0, keep, allTies, cols, lanes, lane);
  const columns = [...own.keys()].filter((c) => own[c] === 1);
  const magnitudes = Array.from(own, (_, c) => Math.abs(inputs[inputsAt + c * lanes + lane]));
  const nonzero = magnitudes.filter((m) => m > 0).length;
  histogram[histogramAt] = nonzero < keep ? 0 : Math.min(...columns.map((c) => magnitudes[c]));
  if (lanes === 1) kept.set(columns, keptAt);
  else {
    inputs.set(values, inputsAt);
    for (const c of columns) marks[marksAt + c] = 1;
  }
  return columns.length;
}

/** Marked columns, ascending; arguments and result as the kernel's. */
export function listKept(
  kept: Uint16Array,
  keptAt: number,
  marks: Uint8Array,
  marksAt: number,
  _words: Int32Array,
  cols: number,
): number {
  const columns = [...marks.subarray(marksAt, marksAt + cols).keys()].filter((c) => marks[marksAt + c] === 1);
  kept.set(columns, keptAt);
  marks.fill(0, marksAt, marksAt + cols);
  return columns.length;
}
