/**
 * A layer with all its weights: forward and input gradient.
 *
 * Layout, here and in every kernel: tensors are element offsets into typed-array views of one
 * arena, outputs first. The examples of a batch are interleaved: value [unit][lane] lies at
 * unit · lanes + lane, so that a weight read once serves all examples. Eight lanes go through the
 * inner loop together, the rest one by one. Sums fit int32 by shared/model/bounds.ts, so there is
 * no `| 0`. A naive twin of each kernel is in naive/.
 * @module
 */

/**
 * sums[r] = biases[r] + Σ_c weights[r][c] · inputs[c], for rows fromRow to toRow - 1.
 *
 * @param sums    int32 [rows × lanes] overwritten; exponent = weightExp + inputExp
 * @param weights int16 [rows × cols]
 * @param biases  int32 [rows] exponent as sums
 * @param inputs  uint8 or int8 [cols × lanes]
 */
export function denseForward(
  sums: Int32Array,
  sumsAt: number,
  weights: Int16Array,
  weightsAt: number,
  biases: Int32Array,
  biasesAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  cols: number,
  lanes: number,
  fromRow: number,
  toRow: number,
): void {
  if (lanes === 1) {
    for (let r = fromRow; r < toRow; r++) {
      const start = weightsAt + r * cols;
      const end = start + cols;
      const bias = biases[biasesAt + r];
      let sum = bias;
      let x = inputsAt;
      let i = start;
      for (; i + 8 <= end; i += 8) {
        sum +=
          weights[i] * inputs[x] +
          weights[i + 1] * inputs[x + 1] +
          weights[i + 2] * inputs[x + 2] +
          weights[i + 3] * inputs[x + 3] +
          weights[i + 4] * inputs[x + 4] +
          weights[i + 5] * inputs[x + 5] +
          weights[i + 6] * inputs[x + 6] +
          weights[i + 7] * inputs[x + 7];
        x += 8;
      }
      for (; i < end; i++) {
        sum += weights[i] * inputs[x];
        x++;
      }
      sums[sumsAt + r] = sum;
    }
    return;
  }
  if (lanes === 8) {
    for (let r = fromRow; r < toRow; r++) {
      // biome-ignore format: arguments in groups
      forwardRowOfEight(
        sums, sumsAt + (r << 3), weights, weightsAt + r * cols, biases[biasesAt + r], inputs, inputsAt, cols,
      );
    }
    return;
  }
  for (let r = fromRow; r < toRow; r++) {
    const start = weightsAt + r * cols;
    const end = start + cols;
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
      let x = inputsAt + lane;
      for (let i = start; i < end; i++) {
        const w = weights[i];
        s0 += w * inputs[x];
        s1 += w * inputs[x + 1];
        s2 += w * inputs[x + 2];
        s3 += w * inputs[x + 3];
        s4 += w * inputs[x + 4];
        s5 += w * inputs[x + 5];
        s6 += w * inputs[x + 6];
        s7 += w * inputs[x + 7];
        x += lanes;
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
      let x = inputsAt + lane;
      for (let i = start; i < end; i++) {
        sum += weights[i] * inputs[x];
        x += lanes;
      }
      sums[sumsAt + r * lanes + lane] = sum;
    }
  }
}

/** One row with eight lanes. */
function forwardRowOfEight(
  sums: Int32Array,
  sumsAt: number,
  weights: Int16Array,
  weightsAt: number,
  bias: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  cols: number,
): void {
  let s0 = bias;
  let s1 = bias;
  let s2 = bias;
  let s3 = bias;
  let s4 = bias;
  let s5 = bias;
  let s6 = bias;
  let s7 = bias;
  const end = weightsAt + cols;
  let x = inputsAt;
  let i = weightsAt;
  for (; i + 2 <= end; i += 2) {
    const w = weights[i];
    s0 += w * inputs[x];
    s1 += w * inputs[x + 1];
    s2 += w * inputs[x + 2];
    s3 += w * inputs[x + 3];
    s4 += w * inputs[x + 4];
    s5 += w * inputs[x + 5];
    s6 += w * inputs[x + 6];
    s7 += w * inputs[x + 7];
    const v = weights[i + 1];
    s0 += v * inputs[x + 8];
    s1 += v * inputs[x + 9];
    s2 += v * inputs[x + 10];
    s3 += v * inputs[x + 11];
    s4 += v * inputs[x + 12];
    s5 += v * inputs[x + 13];
    s6 += v * inputs[x + 14];
    s7 += v * inputs[x + 15];
    x += 16;
  }
  if (i < end) {
    const w = weights[i];
    s0 += w * inputs[x];
    s1 += w * inputs[x + 1];
    s2 += w * inputs[x + 2];
    s3 += w * inputs[x + 3];
    s4 += w * inputs[x + 4];
    s5 += w * inputs[x + 5];
    s6 += w * inputs[x + 6];
    s7 += w * inputs[x + 7];
  }
  sums[sumsAt] = s0;
  sums[sumsAt + 1] = s1;
  sums[sumsAt + 2] = s2;
  sums[sumsAt + 3] = s3;
  sums[sumsAt + 4] = s4;
  sums[sumsAt + 5] = s5;
  sums[sumsAt + 6] = s6;
  sums[sumsAt + 7] = s7;
}

/**
 * dInputs[c] = Σ_r weights[r][c] · errors[r], for columns fromCol to toCol - 1.
 *
 * @param dInputs int32 [cols × lanes] overwritten; exponent = weightExp + errorExp
 * @param weights int16 [rows × cols]
 * @param errors  int16 [rows × lanes] |error| ≤ ERROR_MAX
 * @param toCol   fromCol to cols
 */
export function denseInputGradient(
  dInputs: Int32Array,
  dInputsAt: number,
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  errorsAt: number,
  rows: number,
  cols: number,
  lanes: number,
  fromCol: number,
  toCol: number,
): void {
  for (let c = fromCol; c < toCol; c++) {
    let lane = 0;
    for (; lane + 8 <= lanes; lane += 8) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let s4 = 0;
      let s5 = 0;
      let s6 = 0;
      let s7 = 0;
      let i = weightsAt + c;
      let g = errorsAt + lane;
      for (let r = 0; r < rows; r++) {
        const w = weights[i];
        s0 += w * errors[g];
        s1 += w * errors[g + 1];
        s2 += w * errors[g + 2];
        s3 += w * errors[g + 3];
        s4 += w * errors[g + 4];
        s5 += w * errors[g + 5];
        s6 += w * errors[g + 6];
        s7 += w * errors[g + 7];
        i += cols;
        g += lanes;
      }
      const y = dInputsAt + c * lanes + lane;
      dInputs[y] = s0;
      dInputs[y + 1] = s1;
      dInputs[y + 2] = s2;
      dInputs[y + 3] = s3;
      dInputs[y + 4] = s4;
      dInputs[y + 5] = s5;
      dInputs[y + 6] = s6;
      dInputs[y + 7] = s7;
    }
    for (; lane < lanes; lane++) {
      let sum = 0;
      let i = weightsAt + c;
      let g = errorsAt + lane;
      for (let r = 0; r < rows; r++) {
        sum += weights[i] * errors[g];
        i += cols;
        g += lanes;
      }
      dInputs[dInputsAt + c * lanes + lane] = sum;
    }
  }
}
