/**
 * Parts of sparsestep.ts: the ways by period of one.ts, four.ts and eight.ts, for a step that cannot take a weight past
 * its limit. They need neither two comparisons for each weight nor the registers of the limits.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../../shared/fixed/noise.js';

/** One column, of which one lane's input is not 0: x, times mantissa. Its noise comes again every `period` rows. */
export function stepOneUnclipped(
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
  cols: number,
  lanes: number,
  period: number,
): void {
  const cut = NOISE_BITS - shift;
  const errorStride = period * lanes;
  const stride = period * cols;
  let row = weightsAt;
  let n = turn;
  for (let first = start; first < start + errorStride; first += lanes) {
    const dither = noise[noiseAt + (n & (NOISE_LENGTH - 1))] >> cut;
    let i = row;
    let g = first;
    do {
      const error = errors[g];
      if (error !== 0) weights[i] -= (error * x + dither) >> shift;
      g += errorStride;
      i += stride;
    } while (g < end);
    row += cols;
    n += cols;
  }
}

/** Four columns with one lane, whose noise comes again every `period` rows: it is read once for all of these. */
export function stepFourUnclipped(
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
  cols: number,
  period: number,
): void {
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
        weights[iA] -= (error * xA + dA) >> shift;
        weights[iB] -= (error * xB + dB) >> shift;
        weights[iC] -= (error * xC + dC) >> shift;
        weights[iD] -= (error * xD + dD) >> shift;
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
}

/**
 * Columns with eight lanes in pairs, which read the errors together: `waiting` and those listed, an odd number. Their
 * noise comes again every `period` rows.
 */
export function stepPairsUnclipped(
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
  cols: number,
  period: number,
): void {
  const cut = NOISE_BITS - shift;
  const errorStride = period << 3;
  const stride = period * cols;
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
        weights[iA] -= a >> shift;
        weights[iB] -= b >> shift;
        g += errorStride;
        iA += stride;
        iB += stride;
      } while (g < end);
      row += cols;
      n += cols;
    }
    if (k + 1 < keptEnd) cA = kept[k + 1];
  }
}
