/**
 * A network in real numbers: forward, loss, and the errors of every layer, example by example. It
 * chooses nothing and steps nothing.
 * @module
 */
import { PLAIN, type Power } from '../../../shared/fixed/power.js';
import type { LayerCounts } from '../../../shared/model/method.js';
import type { ModelHead } from '../../../shared/model/model.js';
import { storedOf, type Volume, valuesOf } from '../../../shared/model/volume.js';
import { raise, selectActive, type TwinLayer, twinLayer } from './layer.js';
import type { RealLayer, RealModel } from './model.js';
import { poolForward, poolGradient, type TwinPool, twinPool } from './pool.js';
import { clearWhereZero, forward, inputGradient, type Patch, patchOf } from './product.js';

/** What one example leaves in one layer, each value stored as in its volume. */
export interface Trace {
  readonly input: Float64Array; // what the layer reads
  readonly sums: Float64Array; // after ReLU, in the last layer before softmax
  readonly pooled: readonly Float64Array[]; // after each pooling layer
  readonly dInput: Float64Array; // empty in layer 0
  errors: Float64Array; // of the layer's own output
  readonly dPooled: readonly Float64Array[]; // errors of each pooling layer's input
}

export class Network {
  readonly layers: readonly TwinLayer[];
  readonly pools: readonly (readonly TwinPool[])[]; // by layer
  readonly patch: Patch;
  readonly #head: ModelHead;
  readonly #power: Power;
  readonly #featurePlaces: Int32Array; // where feature i lies in the first input

  constructor(head: ModelHead, power: Power) {
    this.#head = head;
    this.#power = power;
    this.layers = head.layout.layers.map((layer) => twinLayer(layer, power));
    this.pools = head.layout.layers.map((layer) => layer.pools.map(twinPool));
    this.patch = patchOf(this.layers);
    const { input } = this.layers[0].layer;
    this.#featurePlaces = Int32Array.from({ length: valuesOf(input) }, (_, i) => placeOf(input, i));
  }

  /** Copies a model in; call `select` before the first pass. */
  load(model: RealModel, counts: readonly LayerCounts[]): void {
    for (const [index, twin] of this.layers.entries()) {
      twin.numbers.set(model.layers[index].weights);
      twin.biases.set(model.layers[index].biases);
      twin.active = counts[index].active;
    }
    this.raise();
  }

  /** Makes the weights anew from the numbers behind them. */
  raise(): void {
    if (this.#power !== PLAIN) for (const twin of this.layers) raise(twin, this.#power);
  }

  /** Makes the largest weights of each layer the active ones. */
  select(): void {
    for (const twin of this.layers) selectActive(twin);
  }

  /** The parameters as they are now. */
  parameters(): RealLayer[] {
    return this.layers.map(({ numbers, biases }) => ({ weights: numbers.slice(), biases: biases.slice() }));
  }

  /** Room for one example, layer by layer. */
  traces(): Trace[] {
    const room = (volume: Volume) => new Float64Array(storedOf(volume));
    let input = room(this.layers[0].layer.input);
    return this.layers.map(({ layer }, index): Trace => {
      const sums = room(layer.output);
      const pooled = layer.pools.map((pool) => room(pool.output));
      const trace = {
        ...{ input, sums, pooled, errors: room(layer.output) },
        dInput: index === 0 ? new Float64Array(0) : room(layer.input),
        dPooled: layer.pools.map((pool) => room(pool.input)),
      };
      input = pooled.at(-1) ?? sums;
      return trace;
    });
  }

  /** Reads an example's features as real values into its traces. */
  read(traces: readonly Trace[], features: Uint8Array): void {
    const { type, exp } = this.#head.description.input;
    const raw =
      type === 'int8' ? new Int8Array(features.buffer, features.byteOffset, features.length) : features;
    const [{ input }] = traces;
    const unit = 2 ** exp;
    for (let i = 0; i < raw.length; i++) input[this.#featurePlaces[i]] = raw[i] * unit;
  }

  /** Runs one example through every layer. @returns its logits */
  forward(traces: readonly Trace[]): Float64Array {
    for (const [index, twin] of this.layers.entries()) {
      const { input, sums, pooled } = traces[index];
      forward(sums, twin, input, this.patch);
      if (twin.layer.isLast) return sums;
      for (let i = 0; i < sums.length; i++) if (sums[i] < 0) sums[i] = 0;
      for (const [i, pool] of this.pools[index].entries()) {
        poolForward(pooled[i], pool, i === 0 ? sums : pooled[i - 1]);
      }
    }
    throw new RangeError('network without a last layer, expected one');
  }

  /** From the errors of a layer's output to those of the layer before it. @param index 1 or more */
  backward(traces: readonly Trace[], index: number): void {
    const { dInput, errors, input } = traces[index];
    const below = traces[index - 1];
    const pools = this.pools[index - 1];
    inputGradient(dInput, this.layers[index], errors, input, this.patch);
    let d = dInput;
    for (let i = pools.length - 1; i >= 0; i--) {
      poolGradient(below.dPooled[i], pools[i], d, i === 0 ? below.sums : below.pooled[i - 1]);
      d = below.dPooled[i];
    }
    if (pools.length > 0) clearWhereZero(d, below.sums);
    below.errors = d;
  }
}

/** Where value i of a volume without its border lies. */
function placeOf({ height, width, pitch, plane, first }: Volume, i: number): number {
  const channel = Math.floor(i / (height * width));
  const inPlane = i - channel * height * width;
  const row = Math.floor(inPlane / width);
  return channel * plane + first + row * pitch + inPlane - row * width;
}

/**
 * Softmax cross-entropy of one example.
 * @param errors [classes] overwritten: probability less target
 * @returns the loss in nats
 */
export function crossEntropy(errors: Float64Array, logits: Float64Array, label: number): number {
  let most = logits[0];
  for (const logit of logits) if (logit > most) most = logit;
  let total = 0;
  for (let c = 0; c < logits.length; c++) total += errors[c] = Math.exp(logits[c] - most);
  for (let c = 0; c < logits.length; c++) errors[c] /= total;
  errors[label] -= 1;
  return Math.log(total) + most - logits[label];
}

/** The class of the largest logit, the lower of equals. */
export function largestClass(logits: Float64Array): number {
  let best = 0;
  for (let c = 1; c < logits.length; c++) if (logits[c] > logits[best]) best = c;
  return best;
}
