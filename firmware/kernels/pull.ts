/**
 * Weights on their way back to where they came from. Layout as in dense.ts.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../shared/fixed/noise.js';

/**
 * weights[i] -= (weights[i] - base[i]) · pull / 2^bits, rounded stochastically by place: most
 * differences are small, and to nearest they would not move at all.
 *
 * |difference| ≤ 65,534, so its product with pull ≤ 2^14, and the noise, stays below 2^31. The result
 * lies between weight and base.
 *
 * @param weights int16 [n] updated
 * @param base    int16 [n]
 * @param noise   int32 [NOISE_LENGTH]
 * @param noiseTurn 0 to NOISE_LENGTH - 1: where in the noise weight 0 begins
 * @param pull    0 to 1 << bits
 * @param bits    1 to 14
 */
export function pullWeights(
  weights: Int16Array,
  weightsAt: number,
  base: Int16Array,
  baseAt: number,
  noise: Int32Array,
  noiseAt: number,
  noiseTurn: number,
  pull: number,
  bits: number,
  n: number,
): void {
  const cut = NOISE_BITS - bits;
  for (let i = 0; i < n; i++) {
    const far = weights[weightsAt + i] - base[baseAt + i];
    if (far === 0) continue;
    const dither = noise[noiseAt + ((noiseTurn + i) & (NOISE_LENGTH - 1))] >> cut;
    weights[weightsAt + i] -= (far * pull + dither) >> bits;
  }
}
