/**
 * A fresh model: He-normal weights (He et al. 2015) from a seed, in integers.
 * @module
 */
import { squareRoot } from '../fixed/bits.js';
import { lowered, PLAIN, type Power } from '../fixed/power.js';
import { mix, Random } from '../fixed/random.js';
import { shiftNearest } from '../fixed/rounding.js';
import { saturate } from '../fixed/saturation.js';
import { weightMaxima } from './bounds.js';
import type { ModelDescription } from './description.js';
import { layoutOf } from './layout.js';
import type { LayerExponents, Model } from './model.js';

/** A trained weight seldom passes 3.5; that decides the first exponents. In halves. */
const WEIGHT_RANGE = 7;

/** Fraction bits of a normal deviate. */
const NORMAL_BITS = 12;

/** Exponent of activations in a dense network: 0 to 255 stands for 0 to 8. */
const ACTIVATION_EXP = -5;

/**
 * The same where a layer is a convolution: 0 to 255 stands for 0 to 32. Measured on speech12 with
 * kws_s in float: a range of 8 costs 10 points of accuracy and one of 4 costs 35, since activations
 * saturate, while ranges of 16 to 64 cost nothing, coarse as their steps are.
 */
const CONV_ACTIVATION_EXP = -3;

/**
 * Weights normal with variance 2 / fanIn, biases 0.
 * @param seed  equal seeds give equal models
 * @param power the model holds the numbers whose powers are those weights (Schwarz et al. 2021)
 * @throws RangeError for a model whose sums do not fit int32
 */
export function initialModel(description: ModelDescription, seed: number, power: Power = PLAIN): Model {
  const layout = layoutOf(description);
  const maxima = weightMaxima(description);
  const parameters = new ArrayBuffer(layout.parameterBytes);
  const exponents: LayerExponents[] = [];
  const isConv = layout.layers.some(({ window }) => window !== undefined);
  const outputExp = isConv ? CONV_ACTIVATION_EXP : ACTIVATION_EXP;
  for (const layer of layout.layers) {
    const weightExp = exponentFor(maxima[layer.index]);
    exponents.push({ weightExp, outputExp });
    // deviation² = 2 / fanIn · 2^(-2 weightExp), below 2^27 for exponents of -13 and above
    const deviation = squareRoot(Math.floor((1 << (1 - 2 * weightExp)) / layer.inputs));
    const weights = new Int16Array(parameters, layer.weights.offset, layer.weights.length);
    const random = new Random(mix(seed, layer.index));
    for (let i = 0; i < weights.length; i++) {
      const weight = saturate(shiftNearest(deviation * normal(random), NORMAL_BITS), maxima[layer.index]);
      weights[i] = lowered(weight, power, weightExp, maxima[layer.index]);
    }
  }
  return { head: { description, layout, exponents }, parameters };
}

/**
 * A normal deviate as the sum of twelve uniform ones less its mean (Irwin–Hall), in Q12: up to ±6
 * deviations. The tails matter: top-k keeps only them, and uniform weights would start too weak.
 */
function normal(random: Random): number {
  let sum = -6 << NORMAL_BITS;
  for (let i = 0; i < 12; i++) sum += random.next() >>> (32 - NORMAL_BITS);
  return sum;
}

/** The finest exponent that leaves room for that range. */
function exponentFor(weightMax: number): number {
  let exp = -13;
  while (2 * weightMax < WEIGHT_RANGE << -exp && exp < 0) exp++;
  return exp;
}
