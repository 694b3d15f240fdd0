/**
 * A convolution with all its weights: forward and input gradient. One kernel serves one and two
 * dimensions and depthwise layers, since all geometry is in a table of places (shared/model/volume.ts):
 *
 *     table = offsets[cols], bases[positions], places[positions]
 *
 * Column c of position p reads input place bases[p] + offsets[c], row r writes output place
 * r · plane + places[p]; `rowStep` is 0, or the input's plane for depthwise, where row r reads channel r.
 * Layout of tensors and bounds as in dense.ts. A unit is one output of one example: row · positions + p,
 * so that a slice may end inside a row.
 * @module
 */

/**
 * sums[r][p] = biases[r] + Σ_c weights[r][c] · inputs[bases[p] + offsets[c]], for units from to to - 1.
 *
 * @param sums    int32 [rows × plane × lanes] places of these units overwritten, the border left alone;
 *   exponent = weightExp + inputExp
 * @param plane   stored places of one output row
 * @param weights int16 [rows × cols]
 * @param biases  int32 [rows] exponent as sums
 * @param inputs  uint8 or int8 [stored × lanes], zeros in the border
 * @param rowStep 0, or stored places of one input channel (depthwise)
 * @param table   uint16 [cols + 2 · positions]
 * @where rows = (to - 1) / positions + 1
 * @where stored = (rows - 1) * rowStep + largest(table, tableAt, cols) + largest(table, tableAt + cols, positions) + 1
 */
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
  const tableEnd = tableAt + cols;
  let r = (from / positions) | 0;
  let p = from - r * positions;
  for (let unit = from; unit < to; unit++) {
    const row = weightsAt + r * cols;
    const bias = biases[biasesAt + r];
    const base = inputsAt + (r * rowStep + table[tableEnd + p]) * lanes;
    const out = sumsAt + (r * plane + table[tableEnd + positions + p]) * lanes;
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
      for (let c = 0; c < cols; c++) {
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
      for (let c = 0; c < cols; c++)
        sum += weights[row + c] * inputs[base + table[tableAt + c] * lanes + lane];
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
 * dInputs[bases[p] + offsets[c]] += Σ weights[r][c] · errors[r][p], for units from to to - 1. Clear dInputs
 * before the first unit. Errors that are all 0 are passed over: ReLU leaves many.
 *
 * @param dInputs int32 [stored × lanes] accumulated, the border too; exponent = weightExp + errorExp
 * @param rowStep 0, or stored places of one input channel (depthwise)
 * @param weights int16 [rows × cols]
 * @param errors  int16 [rows × plane × lanes] |error| ≤ ERROR_MAX
 * @param plane   stored places of one output row
 * @param table   uint16 [cols + 2 · positions]
 * @where rows = (to - 1) / positions + 1
 * @where stored = (rows - 1) * rowStep + largest(table, tableAt, cols) + largest(table, tableAt + cols, positions) + 1
 */
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
  const tableEnd = tableAt + cols;
  let r = (from / positions) | 0;
  let p = from - r * positions;
  for (let unit = from; unit < to; unit++) {
    const row = weightsAt + r * cols;
    const base = dInputsAt + (r * rowStep + table[tableEnd + p]) * lanes;
    const error = errorsAt + (r * plane + table[tableEnd + positions + p]) * lanes;
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
      for (let c = 0; c < cols; c++) {
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
      for (let c = 0; c < cols; c++)
        dInputs[base + table[tableAt + c] * lanes + lane] += weights[row + c] * g;
    }
    p++;
    if (p === positions) {
      p = 0;
      r++;
    }
  }
}
