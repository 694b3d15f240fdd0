/**
 * The formulas of ../power.ts: a power of each number, a noisy step of it, weight by weight.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../../shared/fixed/noise.js';
import {
  FACTOR_MAX,
  type Power,
  powerTable,
  ROOT_BITS,
  raised,
  rootAt,
} from '../../../shared/fixed/power.js';
import { saturate } from '../../../shared/fixed/saturation.js';

/** weights[i] = sign · |number|^p; arguments as the kernel's, with the power in place of its table. */
export function raiseWeights(
  weights: Int16Array,
  weightsAt: number,
  power: Power,
  exp: number,
  weightMax: number,
  n: number,
): void {
  for (let i = weightsAt; i < weightsAt + n; i++) weights[i] = raised(weights[i], power, exp, weightMax);
}

/** numbers += p · |number|^(p - 1) · what the weight moved; arguments as the kernel's, likewise. */
export function carrySteps(
  numbers: Int16Array,
  numbersAt: number,
  weights: Int16Array,
  weightsAt: number,
  kept: Uint16Array,
  keptAt: number,
  keptCount: number,
  noise: Int32Array,
  noiseAt: number,
  noiseTurn: number,
  power: Power,
  exp: number,
  weightMax: number,
  cols: number,
  fromRow: number,
  toRow: number,
): void {
  const columns =
    keptCount === cols ? [...Array(cols).keys()] : [...kept.subarray(keptAt, keptAt + keptCount)];
  for (let r = fromRow; r < toRow; r++) {
    for (const c of columns) {
      const place = r * cols + c;
      const q = numbers[numbersAt + place];
      const move = weights[weightsAt + place] - raised(q, power, exp, weightMax);
      if (q !== 0 && move !== 0) {
        const root = rootAt(powerTable(power), Math.abs(q), exp);
        const factor = Math.min(FACTOR_MAX, Math.floor((power * root) / 4));
        const noiseBits = Math.floor(
          noise[noiseAt + ((noiseTurn + place) % NOISE_LENGTH)] / 2 ** (NOISE_BITS - ROOT_BITS),
        );
        const step = Math.floor((move * factor + noiseBits) / 2 ** ROOT_BITS);
        numbers[numbersAt + place] = saturate(q + step, weightMax);
      }
      weights[weightsAt + place] = raised(numbers[numbersAt + place], power, exp, weightMax);
    }
  }
}
