/**
 * A convolution with only its active weights: forward and input gradient over an index list of
 * columns, as in sparse.ts. Geometry, units and layout as in conv.ts.
 * @module
 */

/**
 * sums[r][p] = biases[r] + Σ over the active columns c of row r of weights[r][c] · inputs[bases[p] + offsets[c]],
 * for units from to to - 1.
 *
 * @param sums      int32 [rows × plane × lanes] places of these units overwritten
 * @param plane     stored places of one output row
 * @param weights   int16 [rows × cols] dense master
 * @param biases    int32 [rows]
 * @param rowStarts int32 [rows + 1] row r owns columns[rowStarts[r]] to columns[rowStarts[r + 1] - 1]
 * @param columns   uint16 [active]
 * @param inputs    uint8 or int8 [stored × lanes], zeros in the border
 * @param rowStep   0, or stored places of one input channel (depthwise)
 * @param table     uint16 [cols + 2 · positions]
 * @where rows = (to - 1) / positions + 1
 * @where active = rowStarts[rowStartsAt + rows]
 * @where stored = (rows - 1) * rowStep + largest(table, tableAt, cols) + largest(table, tableAt + cols, positions) + 1
 */
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
  const basesAt = tableAt + cols;
  let r = (from / positions) | 0;
  let p = from - r * positions;
  for (let unit = from; unit < to; unit++) {
    const row = weightsAt + r * cols;
    const start = columnsAt + rowStarts[rowStartsAt + r];
    const end = columnsAt + rowStarts[rowStartsAt + r + 1];
    const bias = biases[biasesAt + r];
    const base = inputsAt + (r * rowStep + table[basesAt + p]) * lanes;
    const out = sumsAt + (r * plane + table[basesAt + positions + p]) * lanes;
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
        const x = base + table[tableAt + c] * lanes + lane;
        s0 += w * inputs[x];
        s1 += w * inputs[x + 1];
        s2 += w * inputs[x + 2];
        s3 += w * inputs[x + 3];
        s4 += w * inputs[x + 4];
        s5 += w * inputs[x + 5];
        s6 += w * inputs[x + 6];
        s7 += w * inputs[x + 7];
      }
      const y = out + lane;
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
        sum += weights[row + c] * inputs[base + table[tableAt + c] * lanes + lane];
      }
      sums[out + lane] = sum;
    }
    p++;
    if (p === positions) {
      p = 0;
      r++;
    }
  }
}

/**
 * dInputs[bases[p] + offsets[c]] += Σ over the active columns c of row r of weights[r][c] · errors[r][p], for
 * units from to to - 1. Clear dInputs before the first unit. Errors that are all 0 are passed over.
 *
 * @param dInputs   int32 [stored × lanes] accumulated, the border too; exponent = weightExp + errorExp
 * @param rowStep   0, or stored places of one input channel (depthwise)
 * @param weights   int16 [rows × cols] dense master
 * @param rowStarts int32 [rows + 1]
 * @param columns   uint16 [active]
 * @param errors    int16 [rows × plane × lanes] |error| ≤ ERROR_MAX
 * @param plane     stored places of one output row
 * @param table     uint16 [cols + 2 · positions]
 * @where rows = (to - 1) / positions + 1
 * @where active = rowStarts[rowStartsAt + rows]
 * @where stored = (rows - 1) * rowStep + largest(table, tableAt, cols) + largest(table, tableAt + cols, positions) + 1
 */
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
  const basesAt = tableAt + cols;
  let r = (from / positions) | 0;
  let p = from - r * positions;
  for (let unit = from; unit < to; unit++) {
    const row = weightsAt + r * cols;
    const start = columnsAt + rowStarts[rowStartsAt + r];
    const end = columnsAt + rowStarts[rowStartsAt + r + 1];
    const base = dInputsAt + (r * rowStep + table[basesAt + p]) * lanes;
    const error = errorsAt + (r * plane + table[basesAt + positions + p]) * lanes;
    let lane = 0;
    for (; lane + 8 <= lanes; lane += 8) {
      const g = error + lane;
      const g0 = errors[g];
      const g1 = errors[g + 1];
      const g2 = errors[g + 2];
      const g3 = errors[g + 3];
      const g4 = errors[g + 4];
      const g5 = errors[g + 5];
      const g6 = errors[g + 6];
      const g7 = errors[g + 7];
      if ((g0 | g1 | g2 | g3 | g4 | g5 | g6 | g7) === 0) continue;
      for (let k = start; k < end; k++) {
        const c = columns[k];
        const w = weights[row + c];
        const y = base + table[tableAt + c] * lanes + lane;
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
      const g = errors[error + lane];
      if (g === 0) continue;
      for (let k = start; k < end; k++) {
        const c = columns[k];
        dInputs[base + table[tableAt + c] * lanes + lane] += weights[row + c] * g;
      }
    }
    p++;
    if (p === positions) {
      p = 0;
      r++;
    }
  }
}
