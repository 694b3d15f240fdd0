/**
 * The formulas of ../step.ts: a gradient, a noisy quotient, a clamp, weight by weight.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../../shared/fixed/noise.js';
import { saturate } from '../../../shared/fixed/saturation.js';

/** weights[r][c] -= rate · Σ_lane errors[r] · inputs[c]; arguments and result as the kernel's. */
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
  const kept = Uint16Array.from({ length: cols }, (_, c) => c);
  // biome-ignore format: arguments in groups
  return sparseWeightStep(
    weights, weightsAt, errors, errorsAt, inputs, inputsAt, kept, 0, cols, noise, noiseAt, noiseTurn,
    mantissa, shift, weightMax, cols, lanes, fromRow, toRow,
  );
}

/** The same for the kept columns; arguments and result as the kernel's, but that it may always clip. */
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
  let clipped = 0;
  for (let r = fromRow; r < toRow; r++) {
    for (let k = 0; k < keptCount; k++) {
      const c = kept[keptAt + k];
      let gradient = 0;
      for (let lane = 0; lane < lanes; lane++) {
        gradient += errors[errorsAt + r * lanes + lane] * inputs[inputsAt + c * lanes + lane];
      }
      const place = r * cols + c;
      const random = noise[noiseAt + ((noiseTurn + place) % NOISE_LENGTH)] / 2 ** NOISE_BITS; // 0 to below 1
      const fraction = Math.floor(random * 2 ** shift) / 2 ** shift; // its first `shift` bits
      const w = weights[weightsAt + place] - Math.floor((gradient * mantissa) / 2 ** shift + fraction);
      weights[weightsAt + place] = saturate(w, weightMax);
      if (Math.abs(w) > weightMax) clipped++;
    }
  }
  return clipped;
}

/** biases[r] -= rate · Σ_lane errors[r], to nearest, ties of the step up; arguments as the kernel's. */
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
  for (let r = 0; r < rows; r++) {
    let gradient = 0;
    for (let lane = 0; lane < lanes; lane++) gradient += errors[errorsAt + r * lanes + lane];
    const step = Math.floor((gradient * mantissa) / 2 ** shift + 0.5);
    biases[biasesAt + r] = saturate(biases[biasesAt + r] - step, biasMax);
  }
}
