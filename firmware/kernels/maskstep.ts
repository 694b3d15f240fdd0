/**
 * The weight step of a layer in which only listed weights are trained: a mask that stays for the round.
 * Arithmetic, bounds and noise as in step.ts, lists as in sparse.ts.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../shared/fixed/noise.js';

/**
 * weights[r][c] -= rate · Σ_lane errors[r] · inputs[c], for the listed columns of rows fromRow to toRow - 1.
 *
 * @param weights   int16 [rows × cols] updated, saturating at ±weightMax
 * @param errors    int16 [rows × lanes]
 * @param inputs    uint8 or int8 [cols × lanes]
 * @param rowStarts int32 [rows + 1]
 * @param columns   uint16 [active]
 * @param noise     int32 [NOISE_LENGTH]
 * @param noiseTurn 0 to NOISE_LENGTH - 1
 * @param shift     0 to 30
 * @where active = rowStarts[rowStartsAt + rows]
 * @returns how many weights were clipped
 */
export function listedWeightStep(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  errorsAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  rowStarts: Int32Array,
  rowStartsAt: number,
  columns: Uint16Array,
  columnsAt: number,
  noise: Int32Array,
  noiseAt: number,
  noiseTurn: number,
  mantissa: number,
  shift: number,
  weightMax: number,
  cols: number,
  lanes: number,
  fromRow: number,
  toRow: number,
): number {
  const cut = NOISE_BITS - shift;
  let clipped = 0;
  for (let r = fromRow; r < toRow; r++) {
    const g = errorsAt + r * lanes;
    let any = 0;
    for (let lane = 0; lane < lanes; lane++) any |= errors[g + lane];
    if (any === 0) continue;
    const row = weightsAt + r * cols;
    const turn = noiseTurn + r * cols;
    const g0 = errors[g] * mantissa;
    const start = columnsAt + rowStarts[rowStartsAt + r];
    const end = columnsAt + rowStarts[rowStartsAt + r + 1];
    if (lanes === 1) {
      for (let k = start; k < end; k++) {
        const c = columns[k];
        const step = g0 * inputs[inputsAt + c];
        if (step === 0) continue;
        const dither = noise[noiseAt + ((turn + c) & (NOISE_LENGTH - 1))] >> cut;
        let w = weights[row + c] - ((step + dither) >> shift);
        if (w > weightMax) {
          w = weightMax;
          clipped++;
        } else if (w < -weightMax) {
          w = -weightMax;
          clipped++;
        }
        weights[row + c] = w;
      }
      continue;
    }
    if (lanes === 8) {
      const g1 = errors[g + 1] * mantissa;
      const g2 = errors[g + 2] * mantissa;
      const g3 = errors[g + 3] * mantissa;
      const g4 = errors[g + 4] * mantissa;
      const g5 = errors[g + 5] * mantissa;
      const g6 = errors[g + 6] * mantissa;
      const g7 = errors[g + 7] * mantissa;
      for (let k = start; k < end; k++) {
        const c = columns[k];
        const x = c << 3;
        const step =
          g0 * inputs[inputsAt + x] +
          g1 * inputs[inputsAt + x + 1] +
          g2 * inputs[inputsAt + x + 2] +
          g3 * inputs[inputsAt + x + 3] +
          g4 * inputs[inputsAt + x + 4] +
          g5 * inputs[inputsAt + x + 5] +
          g6 * inputs[inputsAt + x + 6] +
          g7 * inputs[inputsAt + x + 7];
        if (step === 0) continue;
        const dither = noise[noiseAt + ((turn + c) & (NOISE_LENGTH - 1))] >> cut;
        let w = weights[row + c] - ((step + dither) >> shift);
        if (w > weightMax) {
          w = weightMax;
          clipped++;
        } else if (w < -weightMax) {
          w = -weightMax;
          clipped++;
        }
        weights[row + c] = w;
      }
      continue;
    }
    for (let k = start; k < end; k++) {
      const c = columns[k];
      const x = c * lanes;
      let sum = 0;
      for (let lane = 0; lane < lanes; lane++) sum += errors[g + lane] * inputs[inputsAt + x + lane];
      if (sum === 0) continue;
      const dither = noise[noiseAt + ((turn + c) & (NOISE_LENGTH - 1))] >> cut;
      let w = weights[row + c] - ((sum * mantissa + dither) >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[row + c] = w;
    }
  }
  return clipped;
}
