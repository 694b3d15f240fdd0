/**
 * Merges the deltas of a round in real numbers, by the rules of broker/aggregation: means over the cohort
 * or over the senders of each weight, weighted by examples.
 * @module
 */
import { sendsValues, type TrainingMethod } from '../../../shared/model/method.js';
import type { RealModel } from './model.js';
import type { RealDelta } from './uplink.js';

/** What the server's optimizer gets for one layer. */
export interface RealChange {
  readonly weights: Float64Array; // 0 where nobody sent a weight
  readonly biases: Float64Array;
}

interface Sums {
  readonly values: Float64Array; // Σ examples · value
  readonly senders: Float64Array; // Σ examples of those who sent it
  readonly biases: Float64Array;
}

export class Merge {
  readonly #base: RealModel;
  readonly #method: Pick<TrainingMethod, 'merge' | 'uplink'>;
  readonly #sums: readonly Sums[];
  #examples = 0;

  constructor(base: RealModel, method: Pick<TrainingMethod, 'merge' | 'uplink'>) {
    this.#base = base;
    this.#method = method;
    this.#sums = base.layers.map(({ weights, biases }) => ({
      values: new Float64Array(weights.length),
      senders: new Float64Array(weights.length),
      biases: new Float64Array(biases.length),
    }));
  }

  add(deltas: readonly RealDelta[], examples: number): void {
    for (const [index, { positions, values, biases }] of deltas.entries()) {
      const sums = this.#sums[index];
      for (let k = 0; k < values.length; k++) {
        const place = positions === 'all' ? k : positions[k];
        sums.values[place] += examples * values[k];
        sums.senders[place] += examples;
      }
      for (let r = 0; r < biases.length; r++) sums.biases[r] += examples * biases[r];
    }
    this.#examples += examples;
  }

  /** The mean change of each layer. */
  changes(): RealChange[] {
    const { merge, uplink } = this.#method;
    const bySenders = merge === 'senders' || uplink === 'mask';
    return this.#sums.map(({ values, senders, biases }, index) => {
      const { weights } = this.#base.layers[index];
      const change = (value: number, i: number) => {
        const count = bySenders ? senders[i] : this.#examples;
        if (count === 0) return 0;
        return value / count - (sendsValues(uplink) ? weights[i] : 0);
      };
      return { weights: values.map(change), biases: biases.map((sum) => sum / this.#examples) };
    });
  }

  /**
   * Where the round has a mask, makes it what is not 0 in the next model: outside it weights become 0, and
   * one of it that came out as 0 becomes LEAST.
   */
  keepMask(next: RealModel): void {
    if (this.#method.uplink !== 'mask') return;
    for (const [index, { senders }] of this.#sums.entries()) {
      const { weights } = next.layers[index];
      for (let i = 0; i < weights.length; i++) {
        if (senders[i] === 0) weights[i] = 0;
        else if (weights[i] === 0) weights[i] = LEAST;
      }
    }
  }
}

/** About what the integer server sets there: one unit of a weight. */
const LEAST = 2 ** -13;
