/**
 * The proof that every sum of a layer fits int32 (DESIGN section 4): XS turns an overflow into a
 * software double, and in C it would be undefined. The largest weight follows from the fan-in and
 * fan-out, never from the count of non-zeros, which changes.
 * @module
 */
import { bitWidth } from '../fixed/bits.js';
import { ACTIVATION_MAX, ERROR_BITS, ERROR_MAX, SUM_MAX, WEIGHT_MAX } from '../fixed/saturation.js';
import type { ModelDescription } from './description.js';
import { layoutOf, type WeightedLayer } from './layout.js';
import { overlapOf } from './volume.js';

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

/** Largest mantissa of a step. */
const MANTISSA_MAX = 255;

/** What the rounding of a step adds to a sum of biases' gradients, at most: half of 2^30. */
const STEP_ROUNDING = 1 << 29;

/**
 * Products in one weight's gradient (positions · examples), at most: a sum of errors times a mantissa,
 * terms · ERROR_MAX · 255 + 2^29, is below 2^31, and so is terms · ERROR_MAX · ACTIVATION_MAX.
 */
export const TERMS_MAX = Math.floor((SUM_MAX - STEP_ROUNDING) / (ERROR_MAX * MANTISSA_MAX));

/**
 * Bits cut from a sum of `terms` products before a step's mantissa, so that the step stays within what
 * BATCH_MAX products may give; the sum is rounded to nearest, ties up. 0 for a dense layer.
 *
 * terms · ERROR_MAX · ACTIVATION_MAX / 2^bits + 1/2 ≤ BATCH_MAX · ERROR_MAX · ACTIVATION_MAX
 *
 * @param terms positions · examples, 1 to TERMS_MAX
 */
export function gradientCut(terms: number): number {
  return bitWidth(Math.floor((terms - 1) / BATCH_MAX));
}

/**
 * Largest left shift in a bias step of `terms` errors: terms · ERROR_MAX · 255 · 2^shift is below 2^31.
 * @param terms positions · examples, 1 to TERMS_MAX
 */
export function biasShiftMost(terms: number): number {
  const most = bitWidth(Math.floor(SUM_MAX / (terms * ERROR_MAX * MANTISSA_MAX))) - 1;
  return most < BIAS_SHIFT_MOST ? most : BIAS_SHIFT_MOST;
}

/** Enough for every bias: it is finer than a weight by the inputs' exponent. */
const BIAS_SHIFT_MOST = 6;

/** @throws RangeError when a layer has too many positions for a batch */
export function checkTerms({ index, positions }: WeightedLayer, batch: number): void {
  if (positions * batch <= TERMS_MAX) return;
  throw new RangeError(
    `layer ${index}: ${positions} positions × batch ${batch}, expected at most ${TERMS_MAX} ` +
      'before a gradient passes int32: make the batch smaller',
  );
}

/**
 * The largest magnitude that a layer's weights may take.
 *
 * Forward:        fanIn · wMax · xMax + BIAS_MAX + 2^(MAX_SUM_SHIFT - 1) ≤ 2^31 - 1
 * Input gradient: fanOut · wMax · ERROR_MAX + ERROR_ROUNDING ≤ 2^31 - 1 (not in the first layer, which has
 * none), where the fan-out of a convolution is its rows that read a value times its windows that do.
 *
 * @throws RangeError with the sum, when no useful weight fits
 */
export function weightMaxOf(layer: WeightedLayer, signedInput: boolean): number {
  const inputMax = layer.index === 0 && signedInput ? 128 : ACTIVATION_MAX;
  const forwardRoom = SUM_MAX - BIAS_MAX - (1 << (MAX_SUM_SHIFT - 1));
  let limit = Math.min(WEIGHT_MAX, Math.floor(forwardRoom / (layer.inputs * inputMax)));
  const backwardRoom = SUM_MAX - ERROR_ROUNDING;
  if (layer.index > 0) limit = Math.min(limit, Math.floor(backwardRoom / (fanOutOf(layer) * ERROR_MAX)));
  if (limit < WEIGHT_MAX_LEAST) {
    throw new RangeError(
      `layer ${layer.index} (${layer.inputs} inputs × ${layer.outputs} outputs) leaves weights of at most ` +
        `${limit} before a sum passes int32, expected ${WEIGHT_MAX_LEAST} or more: make the layer smaller`,
    );
  }
  return limit;
}

/** Products in one sum of the input gradient, at most. */
function fanOutOf({ outputs, window, isDepthwise }: WeightedLayer): number {
  if (window === undefined) return outputs;
  return (isDepthwise ? 1 : outputs) * overlapOf(window);
}

/** The same for every layer. @throws RangeError as above */
export function weightMaxima(description: ModelDescription): number[] {
  const signed = description.input.type === 'int8';
  return layoutOf(description).layers.map((layer) => weightMaxOf(layer, signed));
}
