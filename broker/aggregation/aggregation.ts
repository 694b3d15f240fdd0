/**
 * Merges the updates of a round into the next model. Integers are added in doubles that cannot
 * round (below 2^53) and divided once, to nearest, ties away from zero: any order of arrival gives
 * the same model, byte for byte.
 *
 * Bound: |value| · 2^shift ≤ 2^17 and |bias| · 2^shift ≤ 2^23 whatever their bits, times an example
 * weight below 2^12, so 2^18 updates fit.
 * @module
 */
import { divideNearest } from '../../shared/fixed/rounding.js';
import { saturate } from '../../shared/fixed/saturation.js';
import { BIAS_MAX, weightMaxima } from '../../shared/model/bounds.js';
import type { WeightedLayer } from '../../shared/model/layout.js';
import { sendsValues, type TrainingMethod } from '../../shared/model/method.js';
import type { Model } from '../../shared/model/model.js';
import type { Update } from '../../shared/protocol/update.js';

/** Partial sums of one layer; two of them add up element by element. */
interface LayerSums {
  readonly layer: WeightedLayer;
  readonly values: Float64Array; // [weights] Σ examples · value
  readonly senders: Float64Array | undefined; // [weights] Σ examples of those who sent it; merge 'senders' only
  readonly biases: Float64Array; // [outputs] Σ examples · difference
}

/** Mean changes of one tensor, exact: sums[i] / counts[i] in the unit of the parameters. */
export interface Changes {
  readonly sums: Float64Array;
  readonly counts: Float64Array; // examples behind each; 0 where nobody sent it
}

export class Aggregation {
  readonly #base: Model;
  readonly #method: TrainingMethod;
  readonly #layers: readonly LayerSums[];
  #reports = 0;
  #examples = 0;

  constructor(base: Model, method: TrainingMethod) {
    this.#base = base;
    this.#method = method;
    this.#layers = base.head.layout.layers.map((layer) => ({
      layer,
      values: new Float64Array(layer.weights.length),
      senders:
        method.merge === 'senders' || method.uplink === 'mask'
          ? new Float64Array(layer.weights.length)
          : undefined,
      biases: new Float64Array(layer.outputs),
    }));
  }

  /** Updates added. */
  get reports(): number {
    return this.#reports;
  }

  /** Adds a decoded update that fits the model. */
  add(update: Update): void {
    const { examples } = update;
    for (const { layer, values, senders, biases } of this.#layers) {
      const delta = update.layers[layer.index];
      const scale = examples * 2 ** delta.shift;
      if (delta.positions === 'all') {
        for (let i = 0; i < values.length; i++) values[i] += delta.values[i] * scale;
        if (senders) for (let i = 0; i < senders.length; i++) senders[i] += examples;
      } else {
        const { positions } = delta;
        for (let k = 0; k < positions.length; k++) values[positions[k]] += delta.values[k] * scale;
        if (senders) for (let k = 0; k < positions.length; k++) senders[positions[k]] += examples;
      }
      const biasScale = examples * 2 ** delta.biasShift;
      for (let r = 0; r < biases.length; r++) biases[r] += delta.biases[r] * biasScale;
    }
    this.#reports++;
    this.#examples += examples;
  }

  /**
   * The next model; the base stays as it is.
   * @throws RangeError when no update was added
   */
  result(): Model {
    if (this.#reports === 0) throw new RangeError('aggregation of 0 updates, expected 1 or more');
    const { head } = this.#base;
    const parameters = this.#base.parameters.slice(0);
    const maxima = weightMaxima(head.description);
    for (const sums of this.#layers) this.#mergeLayer(sums, parameters, maxima[sums.layer.index]);
    this.keepMask(parameters);
    return { head, parameters };
  }

  /**
   * Where the round has a mask, makes it what is not 0 in the next model: outside it weights become 0, and
   * one of it that came out as 0 becomes 1, the least there is.
   * @param parameters updated
   */
  keepMask(parameters: ArrayBuffer): void {
    if (this.#method.uplink !== 'mask') return;
    for (const { layer, senders } of this.#layers) {
      const weights = new Int16Array(parameters, layer.weights.offset, layer.weights.length);
      for (let i = 0; i < weights.length; i++) {
        if (senders?.[i] === 0) weights[i] = 0;
        else if (weights[i] === 0) weights[i] = 1;
      }
    }
  }

  /**
   * What `result` would add to one layer, before it is rounded and saturates.
   * @throws RangeError when no update was added
   */
  changes(index: number): { readonly weights: Changes; readonly biases: Changes } {
    if (this.#reports === 0) throw new RangeError('aggregation of 0 updates, expected 1 or more');
    const { layer, values, senders, biases } = this.#layers[index];
    const counts = senders ?? new Float64Array(values.length).fill(this.#examples);
    let sums = values;
    if (sendsValues(this.#method.uplink)) {
      const base = new Int16Array(this.#base.parameters, layer.weights.offset, values.length);
      sums = values.map((value, i) => value - base[i] * counts[i]);
    }
    const all = new Float64Array(biases.length).fill(this.#examples);
    return { weights: { sums, counts }, biases: { sums: biases, counts: all } };
  }

  #mergeLayer(
    { layer, values, senders, biases }: LayerSums,
    parameters: ArrayBuffer,
    weightMax: number,
  ): void {
    const weights = new Int16Array(parameters, layer.weights.offset, layer.weights.length);
    const keepsBase = !sendsValues(this.#method.uplink);
    for (let i = 0; i < weights.length; i++) {
      const count = senders === undefined ? this.#examples : senders[i];
      if (count === 0) continue; // nobody sent it
      const merged = divideNearest(values[i], count);
      weights[i] = saturate(keepsBase ? weights[i] + merged : merged, weightMax);
    }
    const all = new Int32Array(parameters, layer.biases.offset, layer.outputs);
    for (let r = 0; r < all.length; r++) {
      all[r] = saturate(all[r] + divideNearest(biases[r], this.#examples), BIAS_MAX);
    }
  }
}
