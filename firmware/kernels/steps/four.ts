/**
 * Parts of sparsestep.ts: four columns with one lane at once, which share the error and the loop. Two ways, as in
 * one.ts.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../../shared/fixed/noise.js';

/** Four columns with one lane. */
export function stepFour(
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
export function stepFourByPeriod(
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
