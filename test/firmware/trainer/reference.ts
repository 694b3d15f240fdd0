/**
 * The gradients of a network in float64, and how far the integer trainer may be from them.
 *
 * The forward pass uses the weights' real values and rounds nothing, or, on request, activations to
 * the trainer's grid: then the bounds are tight enough to find a small fault in a deep network. Beside
 * every value runs a bound of the distance to what the trainer has there, from the formats alone:
 *
 * - an activation is rounded to its grid: half a step, or nothing on that grid;
 * - a logit is rounded to 2^-10 nats: 2^-11;
 * - softmax comes from a table: SOFTMAX_ERROR (test/firmware/kernels/loss.test.ts);
 * - the errors of a layer are rounded to 10 bits of the batch's largest: 1 / ERROR_MAX of it;
 * - a unit whose sum is too near 0 may be on one side of ReLU here and on the other there;
 * - sums and products of these carry the bounds on: |a·b - a'·b'| ≤ |a|·δb + |b|·δa + δa·δb.
 *
 * Nothing may saturate at ACTIVATION_MAX. The step itself is not part of it: see gradient.test.ts.
 */
import { ACTIVATION_MAX, ERROR_MAX } from '../../../shared/fixed/saturation.js';
import type { Model } from '../../../shared/model/model.js';

/** Values and, for each, how far the trainer's may be. */
export interface Bounded {
  readonly values: Float64Array;
  readonly bounds: Float64Array;
}

export interface LayerGradient {
  readonly weights: Bounded; // [outputs × inputs], the mean over the batch
  readonly biases: Bounded; // [outputs]
}

export interface Example {
  readonly features: ArrayLike<number>; // as stored
  readonly label: number;
}

/** How to compute, and what may be left out of each layer, as the trainer is told by its settings. */
export interface Choices {
  /** Whether activations are rounded to the trainer's grid; else they are not rounded. */
  readonly grid?: boolean;
  /** Whether weight i of a layer is used forward and backward. */
  readonly isActive?: (layer: number, i: number) => boolean;
  /** Whether the weight gradient uses input c of an example. */
  readonly isKept?: (layer: number, lane: number, c: number) => boolean;
  /** A fault to plant, so that the test can show that it would be found. */
  readonly fault?: 'sign' | 'mask' | 'target' | 'bias' | 'mean';
}

/** Of one probability. */
const SOFTMAX_ERROR = 2 ** -11;

function bounded(length: number): Bounded {
  return { values: new Float64Array(length), bounds: new Float64Array(length) };
}

/** One layer's outputs before ReLU, and what went in. */
interface Pass {
  readonly inputs: Bounded;
  readonly sums: Bounded;
}

/** The mean gradient of a batch, layer by layer. */
export function referenceGradients(
  model: Model,
  examples: readonly Example[],
  choices: Choices = {},
): LayerGradient[] {
  const { layers } = model.head.layout;
  const gradients = layers.map(({ weights, outputs }) => ({
    weights: bounded(weights.length),
    biases: bounded(outputs),
  }));
  const passes = examples.map((example) => forward(model, example, choices));
  let errors = passes.map((pass, lane) => outputErrors(pass, examples[lane].label, choices));
  for (let index = layers.length - 1; index >= 0; index--) {
    quantize(errors);
    for (const [lane, error] of errors.entries()) {
      addGradient(gradients[index], error, passes[lane][index].inputs, index, lane, choices);
    }
    if (index > 0) {
      errors = errors.map((error, lane) =>
        inputErrors(model, index, error, passes[lane][index - 1], choices),
      );
    }
  }
  const count = choices.fault === 'mean' ? 1 : examples.length;
  for (const { weights, biases } of gradients) {
    for (const { values, bounds } of [weights, biases]) {
      for (let i = 0; i < values.length; i++) {
        values[i] /= count;
        bounds[i] /= count;
      }
    }
  }
  return gradients;
}

/** The real value of weight i of a layer, 0 where it is not active. */
function weightOf(model: Model, index: number, choices: Choices): (i: number) => number {
  const { weights } = model.head.layout.layers[index];
  const values = new Int16Array(model.parameters, weights.offset, weights.length);
  const unit = 2 ** model.head.exponents[index].weightExp;
  return (i) => (choices.isActive === undefined || choices.isActive(index, i) ? values[i] * unit : 0);
}

/** Exponent of what a layer reads. */
function inputExpOf({ head }: Model, index: number): number {
  return index === 0 ? head.description.input.exp : head.exponents[index - 1].outputExp;
}

function forward(model: Model, { features }: Example, choices: Choices): Pass[] {
  const { head, parameters } = model;
  const scale = 2 ** head.description.input.exp;
  let inputs: Bounded = {
    values: Float64Array.from(features, (x) => x * scale),
    bounds: new Float64Array(features.length),
  };
  return head.layout.layers.map(({ index, outputs, isLast, biases }) => {
    const biasUnit = 2 ** (head.exponents[index].weightExp + inputExpOf(model, index));
    const b = new Int32Array(parameters, biases.offset, outputs);
    const weight = weightOf(model, index, choices);
    const sums = bounded(outputs);
    const n = inputs.values.length;
    for (let r = 0; r < outputs; r++) {
      sums.values[r] = choices.fault === 'bias' ? 0 : b[r] * biasUnit;
      for (let c = 0; c < n; c++) {
        const w = weight(r * n + c);
        sums.values[r] += w * inputs.values[c];
        sums.bounds[r] += Math.abs(w) * inputs.bounds[c];
      }
    }
    const pass = { inputs, sums };
    if (!isLast) inputs = activations(sums, 2 ** head.exponents[index].outputExp, choices);
    return pass;
  });
}

/** ReLU; the trainer's comes out on a grid of `step`. */
function activations({ values, bounds }: Bounded, step: number, { grid = false }: Choices): Bounded {
  const out = bounded(values.length);
  for (let r = 0; r < values.length; r++) {
    if (values[r] + bounds[r] > (ACTIVATION_MAX + 0.5) * step) throw new RangeError(`unit ${r} saturates`);
    const y = Math.max(0, values[r]);
    out.values[r] = grid ? Math.round(y / step) * step : y;
    out.bounds[r] = grid || values[r] + bounds[r] <= 0 ? 0 : bounds[r] + step / 2;
  }
  return out;
}

function outputErrors(passes: readonly Pass[], label: number, { fault }: Choices): Bounded {
  const { values, bounds } = passes[passes.length - 1].sums;
  const most = Math.max(...values);
  const total = values.reduce((sum, z) => sum + Math.exp(z - most), 0);
  const widest = Math.max(...bounds) + 2 ** -11;
  const out = bounded(values.length);
  for (let c = 0; c < values.length; c++) {
    const p = Math.exp(values[c] - most) / total;
    // p is a logistic function of its logit less the others' log-sum: each is off by its bound at most
    const shift = bounds[c] + 2 ** -11 + widest;
    const up = (p * Math.exp(shift)) / (1 - p + p * Math.exp(shift));
    const down = (p * Math.exp(-shift)) / (1 - p + p * Math.exp(-shift));
    out.values[c] = p - (c === (fault === 'target' ? (label + 1) % values.length : label) ? 1 : 0);
    out.bounds[c] = Math.max(up - p, p - down) + SOFTMAX_ERROR;
  }
  return out;
}

/** What rounding the errors of a batch to ERROR_MAX steps of their largest adds to the bounds. */
function quantize(errors: readonly Bounded[]): void {
  let most = 0;
  for (const { values, bounds } of errors) {
    for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]) + bounds[i]);
  }
  for (const { values, bounds } of errors) {
    for (let i = 0; i < bounds.length; i++)
      if (values[i] !== 0 || bounds[i] !== 0) bounds[i] += most / ERROR_MAX;
  }
}

function addGradient(
  { weights, biases }: LayerGradient,
  error: Bounded,
  inputs: Bounded,
  index: number,
  lane: number,
  { isKept }: Choices,
): void {
  const cols = inputs.values.length;
  for (let r = 0; r < error.values.length; r++) {
    const e = error.values[r];
    const de = error.bounds[r];
    biases.values[r] += e;
    biases.bounds[r] += de;
    for (let c = 0; c < cols; c++) {
      if (isKept !== undefined && !isKept(index, lane, c)) continue;
      const a = inputs.values[c];
      const da = inputs.bounds[c];
      weights.values[r * cols + c] += e * a;
      weights.bounds[r * cols + c] += Math.abs(e) * da + Math.abs(a) * de + de * da;
    }
  }
}

/** The errors of the layer below, through its ReLU. */
function inputErrors(model: Model, index: number, error: Bounded, below: Pass, choices: Choices): Bounded {
  const { inputs: cols } = model.head.layout.layers[index];
  const weight = weightOf(model, index, choices);
  const half = 2 ** (model.head.exponents[index - 1].outputExp - 1); // a smaller sum gives activation 0
  const out = bounded(cols);
  for (let c = 0; c < cols; c++) {
    const z = below.sums.values[c];
    const dz = below.sums.bounds[c];
    if (choices.fault !== 'mask' && z <= 0 && z + dz < half) continue; // inactive here and there
    let d = 0;
    let dd = 0;
    for (let r = 0; r < error.values.length; r++) {
      const w = weight(r * cols + c);
      d += w * error.values[r];
      dd += Math.abs(w) * error.bounds[r];
    }
    if (choices.fault === 'sign') d = -d;
    const isSure = choices.grid === true || choices.fault === 'mask' || z - dz >= half;
    out.values[c] = (choices.grid === true ? z >= half : z > 0) || choices.fault === 'mask' ? d : 0;
    out.bounds[c] = isSure ? dd : Math.abs(d) + dd;
  }
  return out;
}
