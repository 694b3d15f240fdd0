/**
 * Parts of sparsestep.ts: one column of which one lane steps the weights. Two ways: with the noise read for each row,
 * and once for all rows that meet it again.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../../shared/fixed/noise.js';

/** One column, of which one lane's input is not 0: x, times mantissa. */
export function stepOne(
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
export function stepOneByPeriod(
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
