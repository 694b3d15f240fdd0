/**
 * The weight step of the kept columns only: the others of this batch take no step (SWAT, Raihan & Aamodt
 * 2020, section 3). Arithmetic, bounds and noise as in step.ts.
 *
 * It goes by columns, so that what belongs to a column is read once and errors, weights and noise are
 * walked through in equal strides: one lane is four columns at a time, and of eight lanes those are left out
 * whose input is 0, which where each example keeps its own few is nearly all of them. By rows go other numbers
 * of lanes, and eight lanes of full columns where many rows are passed over because their errors are all 0.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../shared/fixed/noise.js';

/**
 * weights[r][c] -= rate · Σ_lane errors[r] · inputs[c], for the kept columns of rows fromRow to toRow - 1.
 *
 * @param weights  int16 [rows × cols] updated, saturating at ±weightMax
 * @param errors   int16 [rows × lanes]
 * @param inputs   uint8 or int8 [cols × lanes]
 * @param kept     uint16 [keptCount] columns
 * @param keptCount 0 to cols
 * @param noise    int32 [NOISE_LENGTH]
 * @param noiseTurn 0 to NOISE_LENGTH - 1
 * @param shift    0 to 30
 * @returns how many weights were clipped
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
  const row = weightsAt + fromRow * cols;
  const turn = noiseTurn + fromRow * cols;
  const start = errorsAt + fromRow * lanes;
  const end = errorsAt + toRow * lanes;
  let clipped = 0;
  if (start === end) return 0;
  if (lanes === 1) {
    let k = 0;
    for (; k + 4 <= keptCount; k += 4) {
      // biome-ignore format: arguments in groups
      clipped += stepFour(
        weights, row, errors, start, end, inputs, inputsAt, kept, keptAt + k, noise, noiseAt, turn,
        mantissa, shift, weightMax, cols,
      );
    }
    for (; k < keptCount; k++) {
      const c = kept[keptAt + k];
      // biome-ignore format: arguments in groups
      clipped += stepOne(
        weights, row + c, errors, start, end, inputs[inputsAt + c] * mantissa, noise, noiseAt, turn + c,
        shift, weightMax, cols, 1,
      );
    }
    return clipped;
  }
  if (lanes === 8 && isByRows(errors, start, end, inputs, inputsAt, kept, keptAt, keptCount) === 0) {
    // biome-ignore format: arguments in groups
    return stepColumns(
      weights, row, errors, start, end, inputs, inputsAt, kept, keptAt, keptAt + keptCount, noise, noiseAt, turn,
      mantissa, shift, weightMax, cols,
    );
  }
  for (let r = fromRow; r < toRow; r++) {
    const g = errorsAt + r * lanes;
    let any = 0;
    for (let lane = 0; lane < lanes; lane++) any |= errors[g + lane];
    if (any === 0) continue;
    if (lanes === 8) {
      // biome-ignore format: arguments in groups
      clipped += stepRowOfEight(
        weights, weightsAt + r * cols, errors, g, inputs, inputsAt, kept, keptAt, keptAt + keptCount,
        noise, noiseAt, noiseTurn + r * cols, mantissa, shift, weightMax,
      );
    } else {
      // biome-ignore format: arguments in groups
      clipped += stepRow(
        weights, weightsAt + r * cols, errors, g, inputs, inputsAt, kept, keptAt, keptAt + keptCount,
        noise, noiseAt, noiseTurn + r * cols, mantissa, shift, weightMax, lanes,
      );
    }
  }
  return clipped;
}

/**
 * Whether rows are the cheaper way with eight lanes; the bits are the same. A row whose errors are all 0 costs
 * nothing by rows, and as much as any other by columns; but an input that is 0 costs nothing by columns.
 * @returns 1 or 0
 */
function isByRows(
  errors: Int16Array,
  start: number,
  end: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  kept: Uint16Array,
  keptAt: number,
  keptCount: number,
): number {
  const rows = (end - start) >> 3;
  let live = 0;
  for (let g = start; g < end; g += 8) {
    let lane = 0;
    while (lane < 8 && errors[g + lane] === 0) lane++;
    if (lane < 8) live++;
  }
  if (6 * live > 5 * rows) return 0;
  let used = 0;
  for (let k = keptAt; k < keptAt + keptCount; k++) {
    const x = inputsAt + (kept[k] << 3);
    for (let lane = 0; lane < 8; lane++) if (inputs[x + lane] !== 0) used++;
  }
  return 4 * live * keptCount < rows * used ? 1 : 0;
}

/** One column, of which one lane's input is not 0: x, times mantissa. */
function stepOne(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  start: number,
  end: number,
  x: number,
  noise: Int32Array,
  noiseAt: number,
  turn: number,
  shift: number,
  weightMax: number,
  cols: number,
  lanes: number,
): number {
  const cut = NOISE_BITS - shift;
  const stride = cols & (NOISE_LENGTH - 1);
  const noiseEnd = noiseAt + NOISE_LENGTH;
  let clipped = 0;
  let n = noiseAt + (turn & (NOISE_LENGTH - 1));
  let i = weightsAt;
  let g = start;
  do {
    const error = errors[g];
    if (error !== 0) {
      let w = weights[i] - ((error * x + (noise[n] >> cut)) >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[i] = w;
    }
    g += lanes;
    i += cols;
    n += stride;
    if (n >= noiseEnd) n -= NOISE_LENGTH;
  } while (g < end);
  return clipped;
}

/** One column with eight lanes, of which two have an input that is not 0: x and y, times mantissa. */
function stepTwo(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  startX: number,
  startY: number,
  end: number,
  x: number,
  y: number,
  noise: Int32Array,
  noiseAt: number,
  turn: number,
  shift: number,
  weightMax: number,
  cols: number,
): number {
  const cut = NOISE_BITS - shift;
  const stride = cols & (NOISE_LENGTH - 1);
  const noiseEnd = noiseAt + NOISE_LENGTH;
  let clipped = 0;
  let n = noiseAt + (turn & (NOISE_LENGTH - 1));
  let i = weightsAt;
  let h = startY;
  let g = startX;
  do {
    const step = errors[g] * x + errors[h] * y;
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
    g += 8;
    h += 8;
    i += cols;
    n += stride;
    if (n >= noiseEnd) n -= NOISE_LENGTH;
  } while (g < end);
  return clipped;
}

/** Four columns with one lane. */
function stepFour(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  start: number,
  end: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  kept: Uint16Array,
  keptAt: number,
  noise: Int32Array,
  noiseAt: number,
  turn: number,
  mantissa: number,
  shift: number,
  weightMax: number,
  cols: number,
): number {
  const cut = NOISE_BITS - shift;
  const stride = cols & (NOISE_LENGTH - 1);
  const noiseEnd = noiseAt + NOISE_LENGTH;
  const cA = kept[keptAt];
  const cB = kept[keptAt + 1];
  const cC = kept[keptAt + 2];
  const cD = kept[keptAt + 3];
  const xA = inputs[inputsAt + cA] * mantissa;
  const xB = inputs[inputsAt + cB] * mantissa;
  const xC = inputs[inputsAt + cC] * mantissa;
  const xD = inputs[inputsAt + cD] * mantissa;
  let iA = weightsAt + cA;
  let iB = weightsAt + cB;
  let iC = weightsAt + cC;
  let iD = weightsAt + cD;
  let nA = noiseAt + ((turn + cA) & (NOISE_LENGTH - 1));
  let nB = noiseAt + ((turn + cB) & (NOISE_LENGTH - 1));
  let nC = noiseAt + ((turn + cC) & (NOISE_LENGTH - 1));
  let nD = noiseAt + ((turn + cD) & (NOISE_LENGTH - 1));
  let clipped = 0;
  let g = start;
  do {
    const error = errors[g];
    if (error !== 0) {
      let w = weights[iA] - ((error * xA + (noise[nA] >> cut)) >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[iA] = w;
      w = weights[iB] - ((error * xB + (noise[nB] >> cut)) >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[iB] = w;
      w = weights[iC] - ((error * xC + (noise[nC] >> cut)) >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[iC] = w;
      w = weights[iD] - ((error * xD + (noise[nD] >> cut)) >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[iD] = w;
    }
    g++;
    iA += cols;
    iB += cols;
    iC += cols;
    iD += cols;
    nA += stride;
    nB += stride;
    nC += stride;
    nD += stride;
    if (nA >= noiseEnd) nA -= NOISE_LENGTH;
    if (nB >= noiseEnd) nB -= NOISE_LENGTH;
    if (nC >= noiseEnd) nC -= NOISE_LENGTH;
    if (nD >= noiseEnd) nD -= NOISE_LENGTH;
  } while (g < end);
  return clipped;
}

/** Columns with eight lanes. */
function stepColumns(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  start: number,
  end: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  kept: Uint16Array,
  keptAt: number,
  keptEnd: number,
  noise: Int32Array,
  noiseAt: number,
  turn: number,
  mantissa: number,
  shift: number,
  weightMax: number,
  cols: number,
): number {
  let clipped = 0;
  for (let k = keptAt; k < keptEnd; k++) {
    const c = kept[k];
    const x = inputsAt + (c << 3);
    let used = 0;
    let first = 0;
    let last = 0;
    for (let lane = 0; lane < 8 && used <= 2; lane++) {
      if (inputs[x + lane] === 0) continue;
      used++;
      first = last;
      last = lane;
    }
    const place = weightsAt + c;
    if (used > 2) {
      // biome-ignore format: arguments in groups
      clipped += stepEight(
        weights, place, errors, start, end, inputs, x, noise, noiseAt, turn + c, mantissa, shift, weightMax, cols,
      );
    } else if (used === 2) {
      // biome-ignore format: arguments in groups
      clipped += stepTwo(
        weights, place, errors, start + first, start + last, end, inputs[x + first] * mantissa,
        inputs[x + last] * mantissa, noise, noiseAt, turn + c, shift, weightMax, cols,
      );
    } else if (used === 1) {
      // biome-ignore format: arguments in groups
      clipped += stepOne(
        weights, place, errors, start + last, end, inputs[x + last] * mantissa, noise, noiseAt, turn + c,
        shift, weightMax, cols, 8,
      );
    }
  }
  return clipped;
}

/** One column with eight lanes. */
function stepEight(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  start: number,
  end: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  noise: Int32Array,
  noiseAt: number,
  turn: number,
  mantissa: number,
  shift: number,
  weightMax: number,
  cols: number,
): number {
  const cut = NOISE_BITS - shift;
  const stride = cols & (NOISE_LENGTH - 1);
  const noiseEnd = noiseAt + NOISE_LENGTH;
  const x0 = inputs[inputsAt] * mantissa;
  const x1 = inputs[inputsAt + 1] * mantissa;
  const x2 = inputs[inputsAt + 2] * mantissa;
  const x3 = inputs[inputsAt + 3] * mantissa;
  const x4 = inputs[inputsAt + 4] * mantissa;
  const x5 = inputs[inputsAt + 5] * mantissa;
  const x6 = inputs[inputsAt + 6] * mantissa;
  const x7 = inputs[inputsAt + 7] * mantissa;
  let clipped = 0;
  let n = noiseAt + (turn & (NOISE_LENGTH - 1));
  let i = weightsAt;
  let g = start;
  do {
    let step = errors[g] * x0 + errors[g + 1] * x1 + errors[g + 2] * x2 + errors[g + 3] * x3;
    step += errors[g + 4] * x4 + errors[g + 5] * x5 + errors[g + 6] * x6 + errors[g + 7] * x7;
    let w = weights[i] - ((step + (noise[n] >> cut)) >> shift);
    if (w > weightMax) {
      w = weightMax;
      clipped++;
    } else if (w < -weightMax) {
      w = -weightMax;
      clipped++;
    }
    weights[i] = w;
    g += 8;
    i += cols;
    n += stride;
    if (n >= noiseEnd) n -= NOISE_LENGTH;
  } while (g < end);
  return clipped;
}

/** One row with any number of lanes. */
function stepRow(
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
function stepRowOfEight(
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
