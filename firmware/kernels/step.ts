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
  let clipped = 0;
  for (let r = fromRow; r < toRow; r++) {
    const g = errorsAt + r * lanes;
    let any = 0;
    for (let lane = 0; lane < lanes; lane++) any |= errors[g + lane];
    if (any === 0) continue;
    const row = weightsAt + r * cols;
    let turn = (noiseTurn + r * cols) & (NOISE_LENGTH - 1);
    let from = 0;
    while (from < cols) {
      // as far as the noise lies in one piece
      const most = from + NOISE_LENGTH - turn;
      const to = most < cols ? most : cols;
      const n = noiseAt + turn;
      const x = inputsAt + from * lanes;
      if (lanes === 8) {
        // biome-ignore format: arguments in groups
        clipped += stepEight(
          weights, row + from, row + to, errors, g, inputs, x, noise, n, mantissa, shift, weightMax,
        );
      } else if (lanes === 1) {
        // biome-ignore format: arguments in groups
        clipped += stepOne(
          weights, row + from, row + to, errors[g] * mantissa, inputs, x, noise, n, shift, weightMax,
        );
      } else {
        // biome-ignore format: arguments in groups
        clipped += stepAny(
          weights, row + from, row + to, errors, g, inputs, x, noise, n, mantissa, shift, weightMax, lanes,
        );
      }
      from = to;
      turn = 0;
    }
  }
  return clipped;
}

/** Weights start to end - 1 of a row with one lane, whose inputs and noise begin at x and n. */
function stepOne(
  weights: Int16Array,
  start: number,
  end: number,
  error: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  noise: Int32Array,
  noiseAt: number,
  shift: number,
  weightMax: number,
): number {
  const cut = NOISE_BITS - shift;
  let clipped = 0;
  let x = inputsAt;
  let n = noiseAt;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const step0 = error * inputs[x];
    if (step0 !== 0) {
      let w = weights[i] - ((step0 + (noise[n] >> cut)) >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[i] = w;
    }
    const step1 = error * inputs[x + 1];
    if (step1 !== 0) {
      let w = weights[i + 1] - ((step1 + (noise[n + 1] >> cut)) >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[i + 1] = w;
    }
    const step2 = error * inputs[x + 2];
    if (step2 !== 0) {
      let w = weights[i + 2] - ((step2 + (noise[n + 2] >> cut)) >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[i + 2] = w;
    }
    const step3 = error * inputs[x + 3];
    if (step3 !== 0) {
      let w = weights[i + 3] - ((step3 + (noise[n + 3] >> cut)) >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[i + 3] = w;
    }
    x += 4;
    n += 4;
  }
  for (; i < end; i++) {
    const step = error * inputs[x];
    if (step !== 0) {
      let w = weights[i] - ((step + (noise[n] >> cut)) >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[i] = w;
    }
    x++;
    n++;
  }
  return clipped;
}

/** The same with eight lanes. */
function stepEight(
  weights: Int16Array,
  start: number,
  end: number,
  errors: Int16Array,
  errorsAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  noise: Int32Array,
  noiseAt: number,
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
  let x = inputsAt;
  let n = noiseAt;
  let i = start;
  do {
    let step = g0 * inputs[x] + g1 * inputs[x + 1] + g2 * inputs[x + 2] + g3 * inputs[x + 3];
    step += g4 * inputs[x + 4] + g5 * inputs[x + 5] + g6 * inputs[x + 6] + g7 * inputs[x + 7];
    if (step !== 0) {
      let w = weights[i] - ((step + (noise[n] >> cut)) >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[i] = w;
    }
    x += 8;
    n++;
    i++;
  } while (i < end);
  return clipped;
}

/** The same with any number of lanes. */
function stepAny(
  weights: Int16Array,
  start: number,
  end: number,
  errors: Int16Array,
  errorsAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  noise: Int32Array,
  noiseAt: number,
  mantissa: number,
  shift: number,
  weightMax: number,
  lanes: number,
): number {
  const cut = NOISE_BITS - shift;
  let clipped = 0;
  let x = inputsAt;
  let n = noiseAt;
  for (let i = start; i < end; i++) {
    let sum = 0;
    for (let lane = 0; lane < lanes; lane++) sum += errors[errorsAt + lane] * inputs[x + lane];
    if (sum !== 0) {
      let w = weights[i] - ((sum * mantissa + (noise[n] >> cut)) >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[i] = w;
    }
    x += lanes;
    n++;
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
  const factor = mantissa << up;
  if (lanes === 1) {
    for (let r = 0; r < rows; r++) {
      let b = biases[biasesAt + r] - ((errors[errorsAt + r] * factor + half) >> down);
      if (b > biasMax) b = biasMax;
      if (b < -biasMax) b = -biasMax;
      biases[biasesAt + r] = b;
    }
    return;
  }
  let g = errorsAt;
  for (let r = 0; r < rows; r++) {
    let sum = errors[g];
    if (lanes === 8) {
      sum += errors[g + 1] + errors[g + 2] + errors[g + 3];
      sum += errors[g + 4] + errors[g + 5] + errors[g + 6] + errors[g + 7];
    } else {
      for (let lane = 1; lane < lanes; lane++) sum += errors[g + lane];
    }
    g += lanes;
    const b = biases[biasesAt + r] - ((sum * factor + half) >> down);
    biases[biasesAt + r] = b > biasMax ? biasMax : b < -biasMax ? -biasMax : b;
  }
}
