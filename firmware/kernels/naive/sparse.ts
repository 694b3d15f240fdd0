/**
 * The formulas of ../sparse.ts: the dense ones over a weight that is 0 where its column is not listed.
 * @module
 */

/** sums[r] = biases[r] + Σ_c active[r][c] · inputs[c]; arguments as the kernel's. */
export function sparseForward(
  sums: Int32Array,
  sumsAt: number,
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
  cols: number,
  lanes: number,
  fromRow: number,
  toRow: number,
): void {
  for (let r = fromRow; r < toRow; r++) {
    for (let lane = 0; lane < lanes; lane++) {
      let sum = biases[biasesAt + r];
      for (let c = 0; c < cols; c++) {
        if (!isActive(rowStarts, rowStartsAt, columns, columnsAt, r, c)) continue;
        sum += weights[weightsAt + r * cols + c] * inputs[inputsAt + c * lanes + lane];
      }
      sums[sumsAt + r * lanes + lane] = sum;
    }
  }
}

/** dInputs[c] += Σ_r active[r][c] · errors[r] over the given rows; arguments as the kernel's. */
export function sparseInputGradient(
  dInputs: Int32Array,
  dInputsAt: number,
  weights: Int16Array,
  weightsAt: number,
  rowStarts: Int32Array,
  rowStartsAt: number,
  columns: Uint16Array,
  columnsAt: number,
  errors: Int16Array,
  errorsAt: number,
  cols: number,
  lanes: number,
  fromRow: number,
  toRow: number,
): void {
  for (let c = 0; c < cols; c++) {
    for (let lane = 0; lane < lanes; lane++) {
      let sum = dInputs[dInputsAt + c * lanes + lane];
      for (let r = fromRow; r < toRow; r++) {
        if (!isActive(rowStarts, rowStartsAt, columns, columnsAt, r, c)) continue;
        sum += weights[weightsAt + r * cols + c] * errors[errorsAt + r * lanes + lane];
      }
      dInputs[dInputsAt + c * lanes + lane] = sum;
    }
  }
}

/** max |weight| over the listed ones; arguments as the kernel's. */
export function largestActive(
  weights: Int16Array,
  weightsAt: number,
  rowStarts: Int32Array,
  rowStartsAt: number,
  columns: Uint16Array,
  columnsAt: number,
  cols: number,
  fromRow: number,
  toRow: number,
): number {
  let most = 0;
  for (let r = fromRow; r < toRow; r++) {
    for (let c = 0; c < cols; c++) {
      if (!isActive(rowStarts, rowStartsAt, columns, columnsAt, r, c)) continue;
      most = Math.max(most, Math.abs(weights[weightsAt + r * cols + c]));
    }
  }
  return most;
}

/** Whether row r lists column c. */
function isActive(
  rowStarts: Int32Array,
  rowStartsAt: number,
  columns: Uint16Array,
  columnsAt: number,
  r: number,
  c: number,
): boolean {
  for (let k = rowStarts[rowStartsAt + r]; k < rowStarts[rowStartsAt + r + 1]; k++) {
    if (columns[columnsAt + k] === c) return true;
  }
  return false;
}
