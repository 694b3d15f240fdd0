/**
 * Parts of sparsestep.ts: a column with eight lanes, or two at once.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../../shared/fixed/noise.js';

/** One column with eight lanes, of which two have an input that is not 0: x and y, times mantissa. */
export function stepTwo(
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

/** One column with eight lanes. */
export function stepEight(
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

/**
 * Columns with eight lanes in pairs, which read the errors together: `waiting` and those listed, an odd number. Their
 * noise comes again every `period` rows.
 */
export function stepPairsByPeriod(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  start: number,
  end: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  waiting: number,
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
  const cut = NOISE_BITS - shift;
  const errorStride = period << 3;
  const stride = period * cols;
  let clipped = 0;
  let cA = waiting;
  for (let k = keptAt; k < keptEnd; k += 2) {
    const cB = kept[k];
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
    if (k + 1 < keptEnd) cA = kept[k + 1];
  }
  return clipped;
}
