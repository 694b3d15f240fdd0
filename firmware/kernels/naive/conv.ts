/**
 * The formulas of ../conv.ts and ../sparseconv.ts, one product at a time: what the tests hold the kernels
 * against. The dense ones are the sparse ones with every column listed.
 * @module
 */

/** sums[r][p] = biases[r] + Σ_c weights[r][c] · inputs[bases[p] + offsets[c]]; arguments as the kernel's. */
export function convForward(
  sums: Int32Array,
  sumsAt: number,
  plane: number,
  weights: Int16Array,
  weightsAt: number,
  biases: Int32Array,
  biasesAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  rowStep: number,
  table: Uint16Array,
  tableAt: number,
  cols: number,
  positions: number,
  lanes: number,
  from: number,
  to: number,
): void {
  const { rowStarts, columns } = every(Math.ceil(to / positions), cols);
  // biome-ignore format: arguments in groups
  sparseConvForward(
    sums, sumsAt, plane, weights, weightsAt, biases, biasesAt, rowStarts, 0, columns, 0, inputs, inputsAt, rowStep,
    table, tableAt, cols, positions, lanes, from, to,
  );
}

/** dInputs[bases[p] + offsets[c]] += weights[r][c] · errors[r][p]; arguments as the kernel's. */
export function convInputGradient(
  dInputs: Int32Array,
  dInputsAt: number,
  rowStep: number,
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  errorsAt: number,
  plane: number,
  table: Uint16Array,
  tableAt: number,
  cols: number,
  positions: number,
  lanes: number,
  from: number,
  to: number,
): void {
  const { rowStarts, columns } = every(Math.ceil(to / positions), cols);
  // biome-ignore format: arguments in groups
  sparseConvInputGradient(
    dInputs, dInputsAt, rowStep, weights, weightsAt, rowStarts, 0, columns, 0, errors, errorsAt, plane,
    table, tableAt, cols, positions, lanes, from, to,
  );
}

/** The same over the active columns; arguments as the kernel's. */
export function sparseConvForward(
  sums: Int32Array,
  sumsAt: number,
  plane: number,
  weights: Int16Array,
  weightsAt: number,
  biases: Int32Array,
  biasesAt: number,
  rowStarts: Int32Array,
  rowStartsAt: number,
  columns: Uint16Array,
  columnsAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  rowStep: number,
  table: Uint16Array,
  tableAt: number,
  cols: number,
  positions: number,
  lanes: number,
  from: number,
  to: number,
): void {
  for (let unit = from; unit < to; unit++) {
    const p = unit % positions;
    const r = (unit - p) / positions;
    for (let lane = 0; lane < lanes; lane++) {
      let sum = biases[biasesAt + r];
      for (let k = rowStarts[rowStartsAt + r]; k < rowStarts[rowStartsAt + r + 1]; k++) {
        const c = columns[columnsAt + k];
        const place = r * rowStep + table[tableAt + cols + p] + table[tableAt + c];
        sum += weights[weightsAt + r * cols + c] * inputs[inputsAt + place * lanes + lane];
      }
      sums[sumsAt + (r * plane + table[tableAt + cols + positions + p]) * lanes + lane] = sum;
    }
  }
}

/** The same over the active columns; arguments as the kernel's. */
export function sparseConvInputGradient(
  dInputs: Int32Array,
  dInputsAt: number,
  rowStep: number,
  weights: Int16Array,
  weightsAt: number,
  rowStarts: Int32Array,
  rowStartsAt: number,
  columns: Uint16Array,
  columnsAt: number,
  errors: Int16Array,
  errorsAt: number,
  plane: number,
  table: Uint16Array,
  tableAt: number,
  cols: number,
  positions: number,
  lanes: number,
  from: number,
  to: number,
): void {
  for (let unit = from; unit < to; unit++) {
    const p = unit % positions;
    const r = (unit - p) / positions;
    for (let lane = 0; lane < lanes; lane++) {
      const error = errors[errorsAt + (r * plane + table[tableAt + cols + positions + p]) * lanes + lane];
      for (let k = rowStarts[rowStartsAt + r]; k < rowStarts[rowStartsAt + r + 1]; k++) {
        const c = columns[columnsAt + k];
        const place = r * rowStep + table[tableAt + cols + p] + table[tableAt + c];
        dInputs[dInputsAt + place * lanes + lane] += weights[weightsAt + r * cols + c] * error;
      }
    }
  }
}

/** Lists of every column. */
function every(rows: number, cols: number): { rowStarts: Int32Array; columns: Uint16Array } {
  return {
    rowStarts: Int32Array.from({ length: rows + 1 }, (_, r) => r * cols),
    columns: Uint16Array.from({ length: rows * cols }, (_, i) => i % cols),
  };
}
