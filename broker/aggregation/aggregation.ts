/**
 * Merges the updates of a round into the next model. Their sums are exact and divided once, to nearest,
 * ties away from zero: any order of arrival, and any split over several aggregations, gives the same
 * model, byte for byte.
 * @module
 */
import { divideNearest } from '../../shared/fixed/rounding.js';
import { saturate } from '../../shared/fixed/saturation.js';
import { BIAS_MAX, weightMaxima } from '../../shared/model/bounds.js';
import { sendsValues, type TrainingMethod } from '../../shared/model/method.js';
import type { Model } from '../../shared/model/model.js';
import type { Update } from '../../shared/protocol/update.js';
import { type LayerSums, Sums } from './sums.js';

/** Mean changes of one tensor, exact: sums[i] / counts[i] in the unit of the parameters. */
export interface Changes {
  readonly sums: Float64Array;
  readonly counts: Float64Array; // examples behind each; 0 where nobody sent it
}

export class Aggregation {
  readonly #base: Model;
  readonly #method: TrainingMethod;
  readonly #sums: Sums;

  constructor(base: Model, method: TrainingMethod) {
    this.#base = base;
    this.#method = method;
    const countsSenders = method.merge === 'senders' || method.uplink === 'mask';
    this.#sums = new Sums(base.head.layout, countsSenders);
  }

  /** Updates added. */
  get reports(): number {
    return this.#sums.updates;
  }

  /**
   * Adds a decoded update that fits the model.
   * @throws RangeError above MAX_UPDATES
   */
  add(update: Update): void {
    this.#sums.add(update);
  }

  /** Its sums, for an aggregation of the same round elsewhere. */
  partial(): Float64Array {
    return this.#sums.partial();
  }

  /**
   * Adds the sums of other updates of the same round, on the same base model.
   * @throws RangeError when they cannot be such sums; nothing was added
   */
  merge(partial: Float64Array): void {
    this.#sums.merge(partial);
  }

  /**
   * The next model; the base stays as it is.
   * @throws RangeError when no update was added
   */
  result(): Model {
    if (this.reports === 0) throw new RangeError('aggregation of 0 updates, expected 1 or more');
    const { head } = this.#base;
    const parameters = this.#base.parameters.slice(0);
    const maxima = weightMaxima(head.description);
    for (const sums of this.#sums.layers) this.#mergeLayer(sums, parameters, maxima[sums.layer.index]);
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
    for (const { layer, senders } of this.#sums.layers) {
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
    if (this.reports === 0) throw new RangeError('aggregation of 0 updates, expected 1 or more');
    const { layer, values, senders, biases } = this.#sums.layers[index];
    const { examples } = this.#sums;
    const counts = senders ?? new Float64Array(values.length).fill(examples);
    let sums = values;
    if (sendsValues(this.#method.uplink)) {
      const base = new Int16Array(this.#base.parameters, layer.weights.offset, values.length);
      sums = values.map((value, i) => value - base[i] * counts[i]);
    }
    const all = new Float64Array(biases.length).fill(examples);
    return { weights: { sums, counts }, biases: { sums: biases, counts: all } };
  }

  #mergeLayer(
    { layer, values, senders, biases }: LayerSums,
    parameters: ArrayBuffer,
    weightMax: number,
  ): void {
    const { examples } = this.#sums;
    const weights = new Int16Array(parameters, layer.weights.offset, layer.weights.length);
    const keepsBase = !sendsValues(this.#method.uplink);
    for (let i = 0; i < weights.length; i++) {
      const count = senders === undefined ? examples : senders[i];
      if (count === 0) continue; // nobody sent it
      const merged = divideNearest(values[i], count);
      weights[i] = saturate(keepsBase ? weights[i] + merged : merged, weightMax);
    }
    const all = new Int32Array(parameters, layer.biases.offset, layer.outputs);
    for (let r = 0; r < all.length; r++) {
      all[r] = saturate(all[r] + divideNearest(biases[r], examples), BIAS_MAX);
    }
  }
}
