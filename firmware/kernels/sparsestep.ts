/**
 * The weight step of the kept columns only: the others of this batch take no step (SWAT, Raihan & Aamodt
 * 2020, section 3). Arithmetic, bounds and noise as in step.ts.
 *
 * It goes by columns, so that what belongs to a column is read once and errors, weights and noise are
 * walked through in equal strides: one lane is four columns at a time, and of eight lanes those are left out
 * whose input is 0, which where each example keeps its own few is nearly all of them. By rows go other numbers
 * of lanes, and eight lanes of full columns where many rows are passed over because their errors are all 0. The ways
 * are in steps/.
 *
 * Noise comes again every NOISE_LENGTH weights. Where a power of two divides the number of columns, a column meets the
 * same noise again after few rows, every fourth with 256: it is then read once for these.
 * @module
 */
import { NOISE_LENGTH } from '../../shared/fixed/noise.js';
import { stepColumns } from './steps/columns.js';
import { stepFour, stepFourByPeriod } from './steps/four.js';
import { stepOne, stepOneByPeriod } from './steps/one.js';
import { stepRow, stepRowOfEight } from './steps/rows.js';
import { stepFourUnclipped, stepOneUnclipped } from './steps/unclipped.js';

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
 * @param clips    0 to 1: 0 = this step can take no weight past ±weightMax, so that it need not look
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
  clips: number,
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
      if (period > 0 && clips === 0) {
        // biome-ignore format: arguments in groups
        stepFourUnclipped(
          weights, row, errors, start, end, inputs, inputsAt, kept, keptAt + k, noise, noiseAt, turn,
          mantissa, shift, cols, period,
        );
      } else if (period > 0) {
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
      if (period > 0 && clips === 0) {
        // biome-ignore format: arguments in groups
        stepOneUnclipped(
          weights, row + c, errors, start, end, x, noise, noiseAt, turn + c, shift, cols, 1, period,
        );
      } else if (period > 0) {
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
      mantissa, shift, weightMax, cols, period, clips,
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
