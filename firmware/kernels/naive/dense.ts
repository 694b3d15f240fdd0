/**
 * The formulas of ../dense.ts, one product at a time: what the tests hold the kernels against.
 * @module
 */

/** sums[r] = biases[r] + Σ_c weights[r][c] · inputs[c]; arguments as the kernel's. */
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
  for (let r = fromRow; r < toRow; r++) {
    for (let lane = 0; lane < lanes; lane++) {
      let sum = biases[biasesAt + r];
      for (let c = 0; c < cols; c++) {
        sum += weights[weightsAt + r * cols + c] * inputs[inputsAt + c * lanes + lane];
      }
      sums[sumsAt + r * lanes + lane] = sum;
    }
  }
}

/** dInputs[c] = Σ_r weights[r][c] · errors[r]; arguments as the kernel's. */
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
    for (let lane = 0; lane < lanes; lane++) {
      let sum = 0;
      for (let r = 0; r < rows; r++) {
        sum += weights[weightsAt + r * cols + c] * errors[errorsAt + r * lanes + lane];
      }
      dInputs[dInputsAt + c * lanes + lane] = sum;
    }
  }
}
