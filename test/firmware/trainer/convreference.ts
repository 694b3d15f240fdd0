/**
 * The gradients of a network with convolutions and pooling in float64, by the textbook: bounds are
 * tested, nothing lies in a table. The forward pass is the trainer's own, since activations are rounded
 * to their grid and everything before that is exact; what differs is the rounding of errors to 10 bits.
 */
import type { PoolLayer, WeightedLayer } from '../../../shared/model/layout.js';
import type { Model } from '../../../shared/model/model.js';
import type { Volume, Window } from '../../../shared/model/volume.js';
import { biasesOf, weightsOf } from './digits.js';
import type { Example } from './reference.js';

/** A fault to plant, so that the test can show that it would be found. */
export type Fault = 'border' | 'maximum' | 'mean' | 'positions' | 'mask';

export interface Choices {
  readonly fault?: Fault;
  /** Whether activations are rounded to the trainer's grid, as they are when this is left out. */
  readonly grid?: boolean;
  /** Whether weight i of a layer is used forward and backward. */
  readonly isActive?: (layer: number, i: number) => boolean;
  /** Whether the weight gradient uses value i of an example's input. */
  readonly isKept?: (layer: number, lane: number, i: number) => boolean;
}

export interface LayerGradient {
  readonly weights: Float64Array; // the mean over the batch
  readonly biases: Float64Array;
}

/** One product of a window: its column, and the value that it reads. */
type Product = readonly [column: number, value: number];

/** The values that a window reads at a position; a value outside the volume is 0 and left out. */
function productsOf(
  { size, stride }: Window,
  input: Volume,
  output: Volume,
  position: number,
  channels: readonly number[],
  fault?: Fault,
): Product[] {
  const shift = fault === 'border' ? 1 : 0;
  const top = Math.floor(position / output.width) * stride[0] - Math.floor(input.first / input.pitch);
  const left = (position % output.width) * stride[1] - (input.first % input.pitch) + shift;
  const products: Product[] = [];
  for (const [i, channel] of channels.entries()) {
    for (let y = 0; y < size[0]; y++) {
      for (let x = 0; x < size[1]; x++) {
        if (top + y < 0 || top + y >= input.height || left + x < 0 || left + x >= input.width) continue;
        const value = (channel * input.height + top + y) * input.width + left + x;
        products.push([(i * size[0] + y) * size[1] + x, value]);
      }
    }
  }
  return products;
}

/** The products of output row r at a position. */
function rowProducts(layer: WeightedLayer, r: number, position: number, fault?: Fault): Product[] {
  const { window, input, output, isDepthwise, inputs } = layer;
  if (window === undefined) return Array.from({ length: inputs }, (_, c) => [c, c]);
  const channels = isDepthwise ? [r] : Array.from({ length: input.channels }, (_, c) => c);
  return productsOf(window, input, output, position, channels, fault);
}

function poolValues({ window, input, output }: PoolLayer, unit: number, fault?: Fault): number[] {
  const positions = output.height * output.width;
  const channel = Math.floor(unit / positions);
  return productsOf(window, input, output, unit % positions, [channel], fault).map(([, value]) => value);
}

function unitsOf({ channels, height, width }: Volume): number {
  return channels * height * width;
}

/** What the layers of one example read and gave, in units of the grids. */
interface Pass {
  readonly inputs: Float64Array[]; // of each layer with weights
  readonly outputs: Float64Array[][]; // of each: after ReLU, then after each pooling layer
  readonly logits: Float64Array; // in nats
}

function forward(model: Model, { features }: Example, { fault, isActive, grid = true }: Choices): Pass {
  const { head } = model;
  let values: Float64Array = Float64Array.from(features);
  let exp = head.description.input.exp;
  const pass: Pass = { inputs: [], outputs: [], logits: new Float64Array(head.layout.classes) };
  for (const layer of head.layout.layers) {
    const { weightExp, outputExp } = head.exponents[layer.index];
    const weights = weightsOf(model, layer.index);
    const biases = biasesOf(model, layer.index);
    const shift = weightExp + exp - outputExp;
    const out = new Float64Array(layer.outputs * layer.positions);
    pass.inputs.push(values);
    for (let unit = 0; unit < out.length; unit++) {
      const r = Math.floor(unit / layer.positions);
      let sum = biases[r];
      for (const [c, value] of rowProducts(layer, r, unit % layer.positions, fault)) {
        const i = r * layer.inputs + c;
        if (isActive === undefined || isActive(layer.index, i)) sum += weights[i] * values[value];
      }
      if (layer.isLast) pass.logits[unit] = sum * 2 ** (weightExp + exp);
      else if (grid) out[unit] = Math.min(255, Math.max(0, Math.floor(sum * 2 ** shift + 0.5)));
      else out[unit] = Math.max(0, sum * 2 ** shift);
    }
    const outputs = [out];
    for (const pool of layer.pools) {
      const before = outputs[outputs.length - 1];
      outputs.push(
        Float64Array.from({ length: unitsOf(pool.output) }, (_, unit) => {
          const window = poolValues(pool, unit, fault).map((value) => before[value]);
          if (pool.isMax) return Math.max(...window);
          const sum = window.reduce((a, b) => a + b, 0);
          return grid ? Math.floor(sum / window.length + 0.5) : sum / window.length;
        }),
      );
    }
    pass.outputs.push(outputs);
    values = outputs[outputs.length - 1];
    exp = outputExp;
  }
  return pass;
}

/** The mean gradient of a batch, layer by layer. */
export function convGradients(model: Model, examples: readonly Example[], choices: Choices): LayerGradient[] {
  const { layers } = model.head.layout;
  const gradients = layers.map(({ weights, outputs }) => ({
    weights: new Float64Array(weights.length),
    biases: new Float64Array(outputs),
  }));
  for (const [lane, example] of examples.entries()) {
    const pass = forward(model, example, choices);
    const most = Math.max(...pass.logits);
    const powers = pass.logits.map((z) => Math.exp(z - most));
    const total = powers.reduce((a, b) => a + b, 0);
    let errors: Float64Array = powers.map((power, c) => power / total - (c === example.label ? 1 : 0));
    for (let index = layers.length - 1; index >= 0; index--) {
      addGradient(gradients[index], model, layers[index], errors, pass, lane, examples.length, choices);
      if (index > 0) errors = errorsBelow(model, layers[index], layers[index - 1], errors, pass, choices);
    }
  }
  return gradients;
}

function addGradient(
  { weights, biases }: LayerGradient,
  { head }: Model,
  layer: WeightedLayer,
  errors: Float64Array,
  pass: Pass,
  lane: number,
  count: number,
  { fault, isKept }: Choices,
): void {
  const { index } = layer;
  const inputUnit = 2 ** (index === 0 ? head.description.input.exp : head.exponents[index - 1].outputExp);
  const used = fault === 'positions' ? Math.ceil(layer.positions / 2) : layer.positions;
  for (let r = 0; r < layer.outputs; r++) {
    for (let p = 0; p < used; p++) {
      const error = errors[r * layer.positions + p] / count;
      biases[r] += error;
      for (const [c, value] of rowProducts(layer, r, p, fault)) {
        if (isKept !== undefined && !isKept(index, lane, value)) continue;
        weights[r * layer.inputs + c] += error * pass.inputs[index][value] * inputUnit;
      }
    }
  }
}

/** Through the weights of a layer, then through the pooling and the ReLU of the one below. */
function errorsBelow(
  model: Model,
  layer: WeightedLayer,
  below: WeightedLayer,
  errors: Float64Array,
  pass: Pass,
  { fault, isActive }: Choices,
): Float64Array {
  const weights = weightsOf(model, layer.index);
  const unit = 2 ** model.head.exponents[layer.index].weightExp;
  let d: Float64Array = new Float64Array(unitsOf(layer.input));
  for (let r = 0; r < layer.outputs; r++) {
    for (let p = 0; p < layer.positions; p++) {
      for (const [c, value] of rowProducts(layer, r, p, fault)) {
        const i = r * layer.inputs + c;
        if (isActive !== undefined && !isActive(layer.index, i)) continue;
        d[value] += weights[i] * unit * errors[r * layer.positions + p];
      }
    }
  }
  const outputs = pass.outputs[below.index];
  for (let i = below.pools.length - 1; i >= 0; i--) {
    const pool = below.pools[i];
    const before = new Float64Array(unitsOf(pool.input));
    for (let u = 0; u < d.length; u++) {
      const window = poolValues(pool, u, fault);
      const values = window.map((value) => outputs[i][value]);
      const most = fault === 'maximum' ? Math.min(...values) : Math.max(...values);
      if (pool.isMax) before[window[values.indexOf(most)]] += d[u];
      else for (const value of window) before[value] += d[u] / (fault === 'mean' ? 1 : window.length);
    }
    d = before;
  }
  return fault === 'mask' ? d : d.map((x, i) => (outputs[0][i] > 0 ? x : 0));
}
