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
  const period = noisePeriod(cols, toRow - fromRow);
  if (lanes === 1) {
    let k = 0;
    for (; k + 4 <= keptCount; k += 4) {
      if (period > 0) {
        // biome-ignore format: arguments in groups
        clipped += stepFourByPeriod(
          weights, row, errors, start, end, inputs, inputsAt, kept, keptAt + k, noise, noiseAt, turn,
          mantissa, shift, weightMax, cols, period,
        );
      } else {
        // biome-ignore format: arguments in groups
        clipped += stepFour(
          weights, row, errors, start, end, inputs, inputsAt, kept, keptAt + k, noise, noiseAt, turn,
          mantissa, shift, weightMax, cols,
        );
      }
    }
    for (; k < keptCount; k++) {
      const c = kept[keptAt + k];
      const x = inputs[inputsAt + c] * mantissa;
      if (period > 0) {
        // biome-ignore format: arguments in groups
        clipped += stepOneByPeriod(
          weights, row + c, errors, start, end, x, noise, noiseAt, turn + c, shift, weightMax, cols, 1, period,
        );
      } else {
        // biome-ignore format: arguments in groups
        clipped += stepOne(
          weights, row + c, errors, start, end, x, noise, noiseAt, turn + c, shift, weightMax, cols, 1,
        );
      }
    }
    return clipped;
  }
  if (lanes === 8 && isByRows(errors, start, end, inputs, inputsAt, kept, keptAt, keptCount) === 0) {
    // biome-ignore format: arguments in groups
    return stepColumns(
      weights, row, errors, start, end, inputs, inputsAt, kept, keptAt, keptAt + keptCount, noise, noiseAt, turn,
      mantissa, shift, weightMax, cols, period,
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

/**
 * Rows after which the columns meet the same noise again, so that it need not be read for each of these; 0 where
 * too few meet it.
 */
function noisePeriod(cols: number, rows: number): number {
  const stride = cols & -cols; // divides all that a row is away from another in the noise
  const period = stride < NOISE_LENGTH ? (NOISE_LENGTH / stride) | 0 : 1;
  return rows >= 4 * period ? period : 0;
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

/** The same of a column whose noise comes again every `period` rows. */
function stepOneByPeriod(
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
  period: number,
): number {
  const cut = NOISE_BITS - shift;
  const errorStride = period * lanes;
  const stride = period * cols;
  let clipped = 0;
  let row = weightsAt;
  let n = turn;
  for (let first = start; first < start + errorStride; first += lanes) {
    const dither = noise[noiseAt + (n & (NOISE_LENGTH - 1))] >> cut;
    let i = row;
    let g = first;
    do {
      const error = errors[g];
      if (error !== 0) {
        let w = weights[i] - ((error * x + dither) >> shift);
        if (w > weightMax) {
          w = weightMax;
          clipped++;
        } else if (w < -weightMax) {
          w = -weightMax;
          clipped++;
        }
        weights[i] = w;
      }
      g += errorStride;
      i += stride;
    } while (g < end);
    row += cols;
    n += cols;
  }
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

/** Four columns with one lane, whose noise comes again every `period` rows: it is read once for all of these. */
function stepFourByPeriod(
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
  period: number,
): number {
  const cut = NOISE_BITS - shift;
  const stride = period * cols;
  const cA = kept[keptAt];
  const cB = kept[keptAt + 1];
  const cC = kept[keptAt + 2];
  const cD = kept[keptAt + 3];
  const xA = inputs[inputsAt + cA] * mantissa;
  const xB = inputs[inputsAt + cB] * mantissa;
  const xC = inputs[inputsAt + cC] * mantissa;
  const xD = inputs[inputsAt + cD] * mantissa;
  let clipped = 0;
  let row = weightsAt;
  let n = turn;
  for (let first = start; first < start + period; first++) {
    const dA = noise[noiseAt + ((n + cA) & (NOISE_LENGTH - 1))] >> cut;
    const dB = noise[noiseAt + ((n + cB) & (NOISE_LENGTH - 1))] >> cut;
    const dC = noise[noiseAt + ((n + cC) & (NOISE_LENGTH - 1))] >> cut;
    const dD = noise[noiseAt + ((n + cD) & (NOISE_LENGTH - 1))] >> cut;
    let iA = row + cA;
    let iB = row + cB;
    let iC = row + cC;
    let iD = row + cD;
    let g = first;
    do {
      const error = errors[g];
      if (error !== 0) {
        let w = weights[iA] - ((error * xA + dA) >> shift);
        if (w > weightMax) {
          w = weightMax;
          clipped++;
        } else if (w < -weightMax) {
          w = -weightMax;
          clipped++;
        }
        weights[iA] = w;
        w = weights[iB] - ((error * xB + dB) >> shift);
        if (w > weightMax) {
          w = weightMax;
          clipped++;
        } else if (w < -weightMax) {
          w = -weightMax;
          clipped++;
        }
        weights[iB] = w;
        w = weights[iC] - ((error * xC + dC) >> shift);
        if (w > weightMax) {
          w = weightMax;
          clipped++;
        } else if (w < -weightMax) {
          w = -weightMax;
          clipped++;
        }
        weights[iC] = w;
        w = weights[iD] - ((error * xD + dD) >> shift);
        if (w > weightMax) {
          w = weightMax;
          clipped++;
        } else if (w < -weightMax) {
          w = -weightMax;
          clipped++;
        }
        weights[iD] = w;
      }
      g += period;
      iA += stride;
      iB += stride;
      iC += stride;
      iD += stride;
    } while (g < end);
    row += cols;
    n += cols;
  }
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
  period: number,
): number {
  let clipped = 0;
  let waiting = -1; // a column that goes with the next of its kind
  for (let k = keptAt; k < keptEnd; k++) {
    const c = kept[k];
    const x = inputsAt + (c << 3);
    let used = 3; // or more
    let first = 0;
    let last = 0;
    if (inputs[x] === 0 || inputs[x + 1] === 0 || inputs[x + 2] === 0) {
      used = 0;
      for (let lane = 0; lane < 8 && used <= 2; lane++) {
        if (inputs[x + lane] === 0) continue;
        used++;
        first = last;
        last = lane;
      }
    }
    const place = weightsAt + c;
    if (used > 2) {
      if (period > 0 && waiting < 0) {
        waiting = c;
      } else if (period > 0) {
        // biome-ignore format: arguments in groups
        clipped += stepPairByPeriod(
          weights, weightsAt, errors, start, end, inputs, inputsAt, waiting, c, noise, noiseAt, turn,
          mantissa, shift, weightMax, cols, period,
        );
        waiting = -1;
      } else {
        // biome-ignore format: arguments in groups
        clipped += stepEight(
          weights, place, errors, start, end, inputs, x, noise, noiseAt, turn + c, mantissa, shift, weightMax, cols,
        );
      }
    } else if (used === 2) {
      // biome-ignore format: arguments in groups
      clipped += stepTwo(
        weights, place, errors, start + first, start + last, end, inputs[x + first] * mantissa,
        inputs[x + last] * mantissa, noise, noiseAt, turn + c, shift, weightMax, cols,
      );
    } else if (used === 1 && period > 0) {
      // biome-ignore format: arguments in groups
      clipped += stepOneByPeriod(
        weights, place, errors, start + last, end, inputs[x + last] * mantissa, noise, noiseAt, turn + c,
        shift, weightMax, cols, 8, period,
      );
    } else if (used === 1) {
      // biome-ignore format: arguments in groups
      clipped += stepOne(
        weights, place, errors, start + last, end, inputs[x + last] * mantissa, noise, noiseAt, turn + c,
        shift, weightMax, cols, 8,
      );
    }
  }
  if (waiting >= 0) {
    // biome-ignore format: arguments in groups
    clipped += stepEight(
      weights, weightsAt + waiting, errors, start, end, inputs, inputsAt + (waiting << 3), noise, noiseAt,
      turn + waiting, mantissa, shift, weightMax, cols,
    );
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

/** Two columns with eight lanes at once, which read the errors together. */
function stepPairByPeriod(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  start: number,
  end: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  cA: number,
  cB: number,
  noise: Int32Array,
  noiseAt: number,
  turn: number,
  mantissa: number,
  shift: number,
  weightMax: number,
  cols: number,
  period: number,
): number {
  const cut = NOISE_BITS - shift;
  const errorStride = period << 3;
  const stride = period * cols;
  const x = inputsAt + (cA << 3);
  const y = inputsAt + (cB << 3);
  const x0 = inputs[x] * mantissa;
  const x1 = inputs[x + 1] * mantissa;
  const x2 = inputs[x + 2] * mantissa;
  const x3 = inputs[x + 3] * mantissa;
  const x4 = inputs[x + 4] * mantissa;
  const x5 = inputs[x + 5] * mantissa;
  const x6 = inputs[x + 6] * mantissa;
  const x7 = inputs[x + 7] * mantissa;
  const y0 = inputs[y] * mantissa;
  const y1 = inputs[y + 1] * mantissa;
  const y2 = inputs[y + 2] * mantissa;
  const y3 = inputs[y + 3] * mantissa;
  const y4 = inputs[y + 4] * mantissa;
  const y5 = inputs[y + 5] * mantissa;
  const y6 = inputs[y + 6] * mantissa;
  const y7 = inputs[y + 7] * mantissa;
  let clipped = 0;
  let row = weightsAt;
  let n = turn;
  for (let first = start; first < start + errorStride; first += 8) {
    const dA = noise[noiseAt + ((n + cA) & (NOISE_LENGTH - 1))] >> cut;
    const dB = noise[noiseAt + ((n + cB) & (NOISE_LENGTH - 1))] >> cut;
    let iA = row + cA;
    let iB = row + cB;
    let g = first;
    do {
      const e0 = errors[g];
      let a = dA + e0 * x0;
      let b = dB + e0 * y0;
      const e1 = errors[g + 1];
      a += e1 * x1;
      b += e1 * y1;
      const e2 = errors[g + 2];
      a += e2 * x2;
      b += e2 * y2;
      const e3 = errors[g + 3];
      a += e3 * x3;
      b += e3 * y3;
      const e4 = errors[g + 4];
      a += e4 * x4;
      b += e4 * y4;
      const e5 = errors[g + 5];
      a += e5 * x5;
      b += e5 * y5;
      const e6 = errors[g + 6];
      a += e6 * x6;
      b += e6 * y6;
      const e7 = errors[g + 7];
      a += e7 * x7;
      b += e7 * y7;
      let w = weights[iA] - (a >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[iA] = w;
      w = weights[iB] - (b >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[iB] = w;
      g += errorStride;
      iA += stride;
      iB += stride;
    } while (g < end);
    row += cols;
    n += cols;
  }
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
