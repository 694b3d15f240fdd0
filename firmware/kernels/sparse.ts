/**
 * A layer with only its active weights: forward and input gradient over an index list. The list
 * holds columns only; values are read from the dense master, so it never goes stale when a weight
 * takes a step. Layout and bounds as in dense.ts.
 * @module
 */

/**
 * sums[r] = biases[r] + Σ over the active columns c of row r of weights[r][c] · inputs[c], for rows
 * fromRow to toRow - 1.
 *
 * @param sums      int32 [rows × lanes] overwritten; exponent = weightExp + inputExp
 * @param weights   int16 [rows × cols] dense master
 * @param biases    int32 [rows]
 * @param rowStarts int32 [rows + 1] row r owns columns[rowStarts[r]] to columns[rowStarts[r + 1] - 1]
 * @param columns   uint16 [active]
 * @param inputs    uint8 or int8 [cols × lanes]
 * @where active = rowStarts[rowStartsAt + rows]
 */
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
  if (lanes === 1) {
    for (let r = fromRow; r < toRow; r++) {
      const row = weightsAt + r * cols;
      const start = columnsAt + rowStarts[rowStartsAt + r];
      const end = columnsAt + rowStarts[rowStartsAt + r + 1];
      const bias = biases[biasesAt + r];
      let sum = bias;
      let k = start;
      for (; k + 4 <= end; k += 4) {
        const c0 = columns[k];
        const c1 = columns[k + 1];
        const c2 = columns[k + 2];
        const c3 = columns[k + 3];
        sum +=
          weights[row + c0] * inputs[inputsAt + c0] +
          weights[row + c1] * inputs[inputsAt + c1] +
          weights[row + c2] * inputs[inputsAt + c2] +
          weights[row + c3] * inputs[inputsAt + c3];
      }
      for (; k < end; k++) {
        const c = columns[k];
        sum += weights[row + c] * inputs[inputsAt + c];
      }
      sums[sumsAt + r] = sum;
    }
    return;
  }
  if (lanes === 8) {
    // biome-ignore format: arguments in groups
    forwardEight(
      sums, sumsAt, weights, weightsAt, biases, biasesAt, rowStarts, rowStartsAt, columns, columnsAt,
      inputs, inputsAt, cols, fromRow, toRow,
    );
    return;
  }
  for (let r = fromRow; r < toRow; r++) {
    const row = weightsAt + r * cols;
    const start = columnsAt + rowStarts[rowStartsAt + r];
    const end = columnsAt + rowStarts[rowStartsAt + r + 1];
    const bias = biases[biasesAt + r];
    let lane = 0;
    for (; lane + 8 <= lanes; lane += 8) {
      let s0 = bias;
      let s1 = bias;
      let s2 = bias;
      let s3 = bias;
      let s4 = bias;
      let s5 = bias;
      let s6 = bias;
      let s7 = bias;
      for (let k = start; k < end; k++) {
        const c = columns[k];
        const w = weights[row + c];
        const x = inputsAt + c * lanes + lane;
        s0 += w * inputs[x];
        s1 += w * inputs[x + 1];
        s2 += w * inputs[x + 2];
        s3 += w * inputs[x + 3];
        s4 += w * inputs[x + 4];
        s5 += w * inputs[x + 5];
        s6 += w * inputs[x + 6];
        s7 += w * inputs[x + 7];
      }
      const y = sumsAt + r * lanes + lane;
      sums[y] = s0;
      sums[y + 1] = s1;
      sums[y + 2] = s2;
      sums[y + 3] = s3;
      sums[y + 4] = s4;
      sums[y + 5] = s5;
      sums[y + 6] = s6;
      sums[y + 7] = s7;
    }
    for (; lane < lanes; lane++) {
      let sum = bias;
      for (let k = start; k < end; k++) {
        const c = columns[k];
        sum += weights[row + c] * inputs[inputsAt + c * lanes + lane];
      }
      sums[sumsAt + r * lanes + lane] = sum;
    }
  }
}

/** The same with eight lanes. */
function forwardEight(
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
  fromRow: number,
  toRow: number,
): void {
  let start = columnsAt + rowStarts[rowStartsAt + fromRow];
  let y = sumsAt + (fromRow << 3);
  for (let r = fromRow; r < toRow; r++) {
    const row = weightsAt + r * cols;
    const end = columnsAt + rowStarts[rowStartsAt + r + 1];
    const bias = biases[biasesAt + r];
    let s0 = bias;
    let s1 = bias;
    let s2 = bias;
    let s3 = bias;
    let s4 = bias;
    let s5 = bias;
    let s6 = bias;
    let s7 = bias;
    for (let k = start; k < end; k++) {
      const c = columns[k];
      const w = weights[row + c];
      const x = inputsAt + (c << 3);
      s0 += w * inputs[x];
      s1 += w * inputs[x + 1];
      s2 += w * inputs[x + 2];
      s3 += w * inputs[x + 3];
      s4 += w * inputs[x + 4];
      s5 += w * inputs[x + 5];
      s6 += w * inputs[x + 6];
      s7 += w * inputs[x + 7];
    }
    start = end;
    sums[y] = s0;
    sums[y + 1] = s1;
    sums[y + 2] = s2;
    sums[y + 3] = s3;
    sums[y + 4] = s4;
    sums[y + 5] = s5;
    sums[y + 6] = s6;
    sums[y + 7] = s7;
    y += 8;
  }
}

/**
 * dInputs[c] += Σ over rows r with active column c of weights[r][c] · errors[r], for rows fromRow to
 * toRow - 1. Clear dInputs before the first row.
 *
 * @param dInputs   int32 [cols × lanes] accumulated; exponent = weightExp + errorExp
 * @param weights   int16 [rows × cols] dense master
 * @param rowStarts int32 [rows + 1]
 * @param columns   uint16 [active]
 * @param errors    int16 [rows × lanes] |error| ≤ ERROR_MAX
 * @where active = rowStarts[rowStartsAt + rows]
 */
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
  for (let r = fromRow; r < toRow; r++) {
    const row = weightsAt + r * cols;
    const start = columnsAt + rowStarts[rowStartsAt + r];
    const end = columnsAt + rowStarts[rowStartsAt + r + 1];
    let lane = 0;
    for (; lane + 8 <= lanes; lane += 8) {
      const g = errorsAt + r * lanes + lane;
      const g0 = errors[g];
      const g1 = errors[g + 1];
      const g2 = errors[g + 2];
      const g3 = errors[g + 3];
      const g4 = errors[g + 4];
      const g5 = errors[g + 5];
      const g6 = errors[g + 6];
      const g7 = errors[g + 7];
      for (let k = start; k < end; k++) {
        const c = columns[k];
        const w = weights[row + c];
        const y = dInputsAt + c * lanes + lane;
        dInputs[y] += w * g0;
        dInputs[y + 1] += w * g1;
        dInputs[y + 2] += w * g2;
        dInputs[y + 3] += w * g3;
        dInputs[y + 4] += w * g4;
        dInputs[y + 5] += w * g5;
        dInputs[y + 6] += w * g6;
        dInputs[y + 7] += w * g7;
      }
    }
    for (; lane < lanes; lane++) {
      const g = errors[errorsAt + r * lanes + lane];
      for (let k = start; k < end; k++) {
        const c = columns[k];
        dInputs[dInputsAt + c * lanes + lane] += weights[row + c] * g;
      }
    }
  }
}

/**
 * The largest |weight| among the active ones of rows fromRow to toRow - 1.
 *
 * @param weights   int16 [rows × cols]
 * @param rowStarts int32 [rows + 1]
 * @param columns   uint16 [active]
 * @where active = rowStarts[rowStartsAt + rows]
 * @returns 0 to 32768
 */
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
  let least = 0;
  for (let r = fromRow; r < toRow; r++) {
    const row = weightsAt + r * cols;
    const end = columnsAt + rowStarts[rowStartsAt + r + 1];
    for (let k = columnsAt + rowStarts[rowStartsAt + r]; k < end; k++) {
      const w = weights[row + columns[k]];
      if (w > most) most = w;
      if (w < least) least = w;
    }
  }
  return -least > most ? -least : most;
}
