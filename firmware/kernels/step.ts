/**
 * The weight gradient and the SGD step in one: each gradient is used up where it arises, so there
 * is no gradient buffer. The step is rounded stochastically by noise that belongs to the weight's
 * place, so neither the order of weights nor slicing can change a bit. Layout as in dense.ts.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../shared/fixed/noise.js';

/**
 * weights[r][c] -= rate · Σ_lane errors[r] · inputs[c], for all columns and rows fromRow to toRow - 1.
 *
 * |Σ| · mantissa + 2^shift ≤ 2^31 - 1 for 16 lanes, |error| ≤ 1023, input ≤ 255, mantissa ≤ 255 and
 * shift ≤ 30.
 *
 * @param weights  int16 [rows × cols] updated, saturating at ±weightMax
 * @param errors   int16 [rows × lanes]
 * @param inputs   uint8 or int8 [cols × lanes]
 * @param noise    int32 [NOISE_LENGTH]
 * @param noiseTurn 0 to NOISE_LENGTH - 1: where in the noise weight 0 begins
 * @param mantissa step = (sum · mantissa) / 2^shift in units of the weights' exponent
 * @param shift    0 to 30
 * @returns how many weights were clipped
 *
 * A product of 0 leaves its weight alone: the noise, below 2^shift, rounds to no step.
 *
 * Source: Gupta et al. 2015, section 3 (stochastic rounding of the step).
 */
export function denseWeightStep(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  errorsAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
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
    if (lanes === 1) {
      for (let c = 0; c < cols; c++) {
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
      for (let c = 0; c < cols; c++) {
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
    for (let c = 0; c < cols; c++) {
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

/**
 * The same for the kept columns only: the others of this batch take no step (SWAT, Raihan & Aamodt
 * 2020, section 3).
 *
 * @param weights  int16 [rows × cols]
 * @param errors   int16 [rows × lanes]
 * @param inputs   uint8 or int8 [cols × lanes]
 * @param kept     uint16 [keptCount] columns, ascending
 * @param keptCount 0 to cols
 * @param noise    int32 [NOISE_LENGTH]
 * @param noiseTurn 0 to NOISE_LENGTH - 1
 * @param shift    0 to 30
 */
export function sparseWeightStep(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  errorsAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  kept: Uint16Array,
  keptAt: number,
  keptCount: number,
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
  if (lanes === 1) {
    // few columns: by columns, so that what belongs to one is made once
    for (let k = 0; k < keptCount; k++) {
      const c = kept[keptAt + k];
      const x = inputs[inputsAt + c] * mantissa;
      let i = fromRow * cols + c;
      for (let r = fromRow; r < toRow; r++) {
        const g = errors[errorsAt + r];
        if (g !== 0) {
          const dither = noise[noiseAt + ((noiseTurn + i) & (NOISE_LENGTH - 1))] >> cut;
          let w = weights[weightsAt + i] - ((x * g + dither) >> shift);
          if (w > weightMax) {
            w = weightMax;
            clipped++;
          } else if (w < -weightMax) {
            w = -weightMax;
            clipped++;
          }
          weights[weightsAt + i] = w;
        }
        i += cols;
      }
    }
    return clipped;
  }
  for (let r = fromRow; r < toRow; r++) {
    const g = errorsAt + r * lanes;
    let any = 0;
    for (let lane = 0; lane < lanes; lane++) any |= errors[g + lane];
    if (any === 0) continue;
    const row = weightsAt + r * cols;
    const turn = noiseTurn + r * cols;
    const g0 = errors[g] * mantissa;
    if (lanes === 8) {
      const g1 = errors[g + 1] * mantissa;
      const g2 = errors[g + 2] * mantissa;
      const g3 = errors[g + 3] * mantissa;
      const g4 = errors[g + 4] * mantissa;
      const g5 = errors[g + 5] * mantissa;
      const g6 = errors[g + 6] * mantissa;
      const g7 = errors[g + 7] * mantissa;
      for (let k = 0; k < keptCount; k++) {
        const c = kept[keptAt + k];
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
    for (let k = 0; k < keptCount; k++) {
      const c = kept[keptAt + k];
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

/**
 * biases[r] -= rate · Σ_lane errors[r], to nearest, ties up: a bias is finer than a weight by the
 * inputs' exponent, so it needs no noise.
 *
 * |Σ| ≤ 16 · 1023, so Σ · mantissa is below 2^22. A convolution's row has more: lanes is then the values
 * of a row over all positions, and the least shift follows from their number (biasShiftMost in
 * shared/model/bounds.ts).
 *
 * @param biases   int32 [rows] updated, saturating at ±biasMax
 * @param errors   int16 [rows × lanes]
 * @param mantissa step = (sum · mantissa) / 2^shift in units of the biases' exponent, 0 to 255
 * @param shift    -6 to 30: a negative one multiplies
 */
export function biasStep(
  biases: Int32Array,
  biasesAt: number,
  errors: Int16Array,
  errorsAt: number,
  mantissa: number,
  shift: number,
  biasMax: number,
  lanes: number,
  rows: number,
): void {
  const up = shift < 0 ? -shift : 0;
  const down = shift > 0 ? shift : 0;
  const half = (1 << down) >> 1;
  let g = errorsAt;
  for (let r = 0; r < rows; r++) {
    let sum = errors[g];
    g++;
    for (let lane = 1; lane < lanes; lane++) {
      sum += errors[g];
      g++;
    }
    const b = biases[biasesAt + r] - ((((sum * mantissa) << up) + half) >> down);
    biases[biasesAt + r] = b > biasMax ? biasMax : b < -biasMax ? -biasMax : b;
  }
}
