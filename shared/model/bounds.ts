/**
 * The proof that every sum of a layer fits int32 (DESIGN section 4): XS turns an overflow into a
 * software double, and in C it would be undefined. The largest weight follows from the fan-in and
 * fan-out, never from the count of non-zeros, which changes.
 * @module
 */
import { ACTIVATION_MAX, ERROR_BITS, ERROR_MAX, SUM_MAX, WEIGHT_MAX } from '../fixed/saturation.js';
import type { ModelDescription } from './description.js';
import { layoutOf, type WeightedLayer } from './layout.js';

/** Largest magnitude of a bias, in units of its exponent. */
export const BIAS_MAX = 1 << 28;

/** Largest shift that brings a sum to an activation or a logit; half of 2^this is added for rounding. */
export const MAX_SUM_SHIFT = 24;

/** Half of the largest step of an error: what its rounding adds to a sum of 31 bits. */
const ERROR_ROUNDING = 1 << (31 - ERROR_BITS - 1);

/** Weights need at least 9 bits to take small steps; below that the model is refused. */
const WEIGHT_MAX_LEAST = 255;

/** Largest batch: batch · ERROR_MAX · ACTIVATION_MAX · 255 + 2^30, a weight step, is below 2^31. */
export const BATCH_MAX = 16;

/**
 * The largest magnitude that a layer's weights may take.
 *
 * Forward:        fanIn · wMax · xMax + BIAS_MAX + 2^(MAX_SUM_SHIFT - 1) ≤ 2^31 - 1
 * Input gradient: fanOut · wMax · ERROR_MAX + ERROR_ROUNDING ≤ 2^31 - 1 (not in the first layer, which has none)
 *
 * @throws RangeError with the sum, when no useful weight fits
 */
export function weightMaxOf(layer: WeightedLayer, signedInput: boolean): number {
  const inputMax = layer.index === 0 && signedInput ? 128 : ACTIVATION_MAX;
  const forwardRoom = SUM_MAX - BIAS_MAX - (1 << (MAX_SUM_SHIFT - 1));
  let limit = Math.min(WEIGHT_MAX, Math.floor(forwardRoom / (layer.inputs * inputMax)));
  const backwardRoom = SUM_MAX - ERROR_ROUNDING;
  if (layer.index > 0) limit = Math.min(limit, Math.floor(backwardRoom / (layer.outputs * ERROR_MAX)));
  if (limit < WEIGHT_MAX_LEAST) {
    throw new RangeError(
      `layer ${layer.index} (${layer.inputs} inputs × ${layer.outputs} outputs) leaves weights of at most ` +
        `${limit} before a sum passes int32, expected ${WEIGHT_MAX_LEAST} or more: make the layer smaller`,
    );
  }
  return limit;
}

/** The same for every layer. @throws RangeError as above */
export function weightMaxima(description: ModelDescription): number[] {
  const signed = description.input.type === 'int8';
  return layoutOf(description).layers.map((layer) => weightMaxOf(layer, signed));
}
