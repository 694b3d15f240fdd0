/**
 * Weights as powers of the numbers behind them (shared/fixed/power.ts): into powers, and the step of
 * a weight carried over to its number. Layout as in dense.ts.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../shared/fixed/noise.js';
import { FACTOR_MAX, ROOT_BITS, ROOT_EXP_MAX, ROOT_STEPS_BITS } from '../../shared/fixed/power.js';

/** Work of one weight carried over, in multiply-accumulates. */
export const CARRY_MACS = 6;

const HALF = 1 << (ROOT_BITS - 1);
const STEP_MASK = (1 << ROOT_STEPS_BITS) - 1;
const ROOT_MAX_AT = (ROOT_EXP_MAX << ROOT_STEPS_BITS) | STEP_MASK;

/**
 * weights[i] = sign · |number|^p, to nearest, saturating at ±weightMax.
 *
 * @param weights int16 [n] numbers, then weights, both times 2^exp
 * @param roots   uint16 [4 << ROOT_STEPS_BITS] of a PowerTable
 * @param fall    0 to 4: of it
 * @param exp     -15 to 0
 */
export function raiseWeights(
  weights: Int16Array,
  weightsAt: number,
  roots: Uint16Array,
  fall: number,
  exp: number,
  weightMax: number,
  n: number,
): void {
  for (let i = weightsAt; i < weightsAt + n; i++) {
    const q = weights[i];
    if (q === 0) continue;
    const magnitude = q < 0 ? -q : q;
    const zeros = Math.clz32(magnitude);
    const octave = 31 - zeros + exp;
    const step = ((magnitude << zeros) >>> (31 - ROOT_STEPS_BITS)) & STEP_MASK;
    const root =
      octave > ROOT_EXP_MAX
        ? roots[ROOT_MAX_AT]
        : roots[((octave & 3) << ROOT_STEPS_BITS) | step] >> (-(octave >> 2) * fall);
    let w = (magnitude * root + HALF) >> ROOT_BITS;
    if (w > weightMax) w = weightMax;
    weights[i] = q < 0 ? -w : w;
  }
}

/**
 * For the kept columns of rows fromRow to toRow - 1, after a weight step: what the weight moved, times
 * the factor p · |number|^(p - 1), is added to the number with stochastic rounding, and the weight is
 * made anew from it. A number of 0 stays 0.
 *
 * |move| ≤ 65,534 and the factor ≤ FACTOR_MAX, so product and noise stay below 2^31.
 *
 * @param numbers  int16 [rows × cols] updated, saturating at ±weightMax
 * @param weights  int16 [rows × cols] updated
 * @param kept     uint16 [keptCount] columns; unused when keptCount = cols
 * @param keptCount 0 to cols
 * @param noise    int32 [NOISE_LENGTH]
 * @param noiseTurn 0 to NOISE_LENGTH - 1: where in the noise weight 0 begins
 * @param roots    uint16 [4 << ROOT_STEPS_BITS] of a PowerTable
 * @param quarters p · 4
 */
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
  roots: Uint16Array,
  fall: number,
  quarters: number,
  exp: number,
  weightMax: number,
  cols: number,
  fromRow: number,
  toRow: number,
): void {
  for (let r = fromRow; r < toRow; r++) {
    for (let k = 0; k < keptCount; k++) {
      const place = r * cols + (keptCount === cols ? k : kept[keptAt + k]);
      let q = numbers[numbersAt + place];
      if (q === 0) {
        weights[weightsAt + place] = 0;
        continue;
      }
      let magnitude = q < 0 ? -q : q;
      let zeros = Math.clz32(magnitude);
      let octave = 31 - zeros + exp;
      let step = ((magnitude << zeros) >>> (31 - ROOT_STEPS_BITS)) & STEP_MASK;
      let root =
        octave > ROOT_EXP_MAX
          ? roots[ROOT_MAX_AT]
          : roots[((octave & 3) << ROOT_STEPS_BITS) | step] >> (-(octave >> 2) * fall);
      let w = (magnitude * root + HALF) >> ROOT_BITS;
      if (w > weightMax) w = weightMax;
      const move = weights[weightsAt + place] - (q < 0 ? -w : w);
      if (move === 0) continue;
      let factor = (root * quarters) >> 2;
      if (factor > FACTOR_MAX) factor = FACTOR_MAX;
      const dither = noise[noiseAt + ((noiseTurn + place) & (NOISE_LENGTH - 1))] >> (NOISE_BITS - ROOT_BITS);
      q += (move * factor + dither) >> ROOT_BITS;
      if (q > weightMax) q = weightMax;
      else if (q < -weightMax) q = -weightMax;
      numbers[numbersAt + place] = q;
      magnitude = q < 0 ? -q : q;
      zeros = Math.clz32(magnitude);
      octave = 31 - zeros + exp;
      step = ((magnitude << zeros) >>> (31 - ROOT_STEPS_BITS)) & STEP_MASK;
      root =
        octave > ROOT_EXP_MAX
          ? roots[ROOT_MAX_AT]
          : roots[((octave & 3) << ROOT_STEPS_BITS) | step] >> (-(octave >> 2) * fall);
      w = (magnitude * root + HALF) >> ROOT_BITS;
      if (w > weightMax) w = weightMax;
      weights[weightsAt + place] = q < 0 ? -w : w;
    }
  }
}
