/**
 * Parts of sparsestep.ts: one row of all kept columns.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../../shared/fixed/noise.js';

/** One row with any number of lanes. */
export function stepRow(
  weights: Int16Array,
  row: number,
  errors: Int16Array,
  errorsAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  kept: Uint16Array,
  start: number,
  end: number,
  noise: Int32Array,
  noiseAt: number,
  turn: number,
  mantissa: number,
  shift: number,
  weightMax: number,
  lanes: number,
): number {
  const cut = NOISE_BITS - shift;
  let clipped = 0;
  for (let k = start; k < end; k++) {
    const c = kept[k];
    const x = inputsAt + c * lanes;
    let sum = errors[errorsAt] * inputs[x];
    for (let lane = 1; lane < lanes; lane++) sum += errors[errorsAt + lane] * inputs[x + lane];
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
  return clipped;
}

/** One row with eight lanes. */
export function stepRowOfEight(
  weights: Int16Array,
  row: number,
  errors: Int16Array,
  errorsAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  kept: Uint16Array,
  start: number,
  end: number,
  noise: Int32Array,
  noiseAt: number,
  turn: number,
  mantissa: number,
  shift: number,
  weightMax: number,
): number {
  const cut = NOISE_BITS - shift;
  const g0 = errors[errorsAt] * mantissa;
  const g1 = errors[errorsAt + 1] * mantissa;
  const g2 = errors[errorsAt + 2] * mantissa;
  const g3 = errors[errorsAt + 3] * mantissa;
  const g4 = errors[errorsAt + 4] * mantissa;
  const g5 = errors[errorsAt + 5] * mantissa;
  const g6 = errors[errorsAt + 6] * mantissa;
  const g7 = errors[errorsAt + 7] * mantissa;
  let clipped = 0;
  for (let k = start; k < end; k++) {
    const c = kept[k];
    const x = inputsAt + (c << 3);
    const step =
      g0 * inputs[x] +
      g1 * inputs[x + 1] +
      g2 * inputs[x + 2] +
      g3 * inputs[x + 3] +
      g4 * inputs[x + 4] +
      g5 * inputs[x + 5] +
      g6 * inputs[x + 6] +
      g7 * inputs[x + 7];
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
  return clipped;
}
