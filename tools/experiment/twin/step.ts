/**
 * The step of one layer in real numbers: bounded by gradient clipping, carried over to the numbers behind
 * the weights where the method has a power; and the pull of FedProx.
 * @module
 */
import { PLAIN, type Power } from '../../../shared/fixed/power.js';
import type { TrainingMethod } from '../../../shared/model/method.js';
import { overlapOf } from '../../../shared/model/volume.js';
import { raised, type TwinLayer } from './layer.js';
import type { RealLayer } from './model.js';
import type { Trace } from './network.js';

/** A plan's clip is in units of 2^-4, its mu in units of 2^-16. */
const CLIP_UNIT = 2 ** -4;
const PROX_UNIT = 2 ** -16;

/** The round's learning rate. */
export function rateOf({ rate }: Pick<TrainingMethod, 'rate'>): number {
  return rate.mantissa * 2 ** rate.exp;
}

/**
 * The rate of a mean over the batch, so that the layer's gradient norm counts as at most `clip`. By the
 * rule of the integer trainer: the norm is bounded by the mean over the examples of |error| · |input|, for
 * a convolution with the root mean square of what its windows read (firmware/trainer/norm.ts).
 *
 * @param traces of the layer, one per example; inputs that the gradient does not use are 0
 */
export function stepRate(twin: TwinLayer, traces: readonly Trace[], method: TrainingMethod): number {
  const mean = rateOf(method) / traces.length;
  if (method.clip === 0) return mean;
  const { window, positions } = twin.layer;
  const share = window === undefined ? 1 : overlapOf(window) / positions;
  let norms = 0;
  for (const { errors, input } of traces) norms += Math.sqrt(squares(errors) * squares(input) * share);
  const bound = method.clip * CLIP_UNIT * traces.length;
  return norms > bound ? (mean * bound) / norms : mean;
}

/** Steps every weight and bias by the gradient's sum over the batch, which is cleared. */
export function step(twin: TwinLayer, rate: number, power: Power): void {
  const { numbers, weights, gradient, biases, biasGradient } = twin;
  for (let i = 0; i < gradient.length; i++) {
    if (gradient[i] === 0) continue;
    if (power === PLAIN) numbers[i] -= rate * gradient[i];
    else if (numbers[i] !== 0) {
      const factor = (power / 4) * Math.abs(numbers[i]) ** (power / 4 - 1);
      numbers[i] -= rate * gradient[i] * factor;
      weights[i] = raised(numbers[i], power);
    }
  }
  for (let r = 0; r < biases.length; r++) biases[r] -= rate * biasGradient[r];
  gradient.fill(0);
  biasGradient.fill(0);
}

/** The proximal term of `steps` steps at once, as the integer trainer applies it (firmware/trainer/proximal.ts). */
export function pullToBase(
  { numbers, biases }: TwinLayer,
  base: RealLayer,
  method: TrainingMethod,
  steps: number,
): void {
  const pull = 1 - Math.max(0, 1 - rateOf(method) * method.prox * PROX_UNIT) ** steps;
  for (let i = 0; i < numbers.length; i++) numbers[i] -= pull * (numbers[i] - base.weights[i]);
  for (let r = 0; r < biases.length; r++) biases[r] -= pull * (biases[r] - base.biases[r]);
}

function squares(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}
