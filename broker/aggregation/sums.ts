/**
 * Sums of a round's updates: integers in doubles that cannot round (below 2^53), so any order of adding,
 * and any split over several sums that are added up later, gives the same numbers.
 *
 * They are one array: updates, their examples, then of each layer Σ examples · value for each weight,
 * Σ examples of its senders for each weight where those are counted, Σ examples · difference for each bias.
 *
 * Bound: |value| · 2^shift ≤ 2^17 and |bias| · 2^shift ≤ 2^23 whatever their bits, times an example
 * weight below 2^12, so MAX_UPDATES fit.
 * @module
 */
import type { LayerDelta } from '../../shared/model/delta.js';
import type { ModelLayout, WeightedLayer } from '../../shared/model/layout.js';
import { MAX_EXAMPLE_WEIGHT, type Update } from '../../shared/protocol/update.js';
import { addAt, countAt } from './scatter.js';

/** More would not be exact. */
export const MAX_UPDATES = 2 ** 18;

const VALUE_MAX = 2 ** 17;
const BIAS_DIFFERENCE_MAX = 2 ** 23;

/** Views of the one array. */
export interface LayerSums {
  readonly layer: WeightedLayer;
  readonly values: Float64Array; // [weights]
  readonly senders: Float64Array | undefined; // [weights] where they are counted
  readonly biases: Float64Array; // [outputs]
}

const HEAD = 2;

export class Sums {
  readonly layers: readonly LayerSums[];
  readonly #numbers: Float64Array;

  constructor({ layers, weightCount, biasCount }: ModelLayout, countsSenders: boolean) {
    this.#numbers = new Float64Array(HEAD + weightCount * (countsSenders ? 2 : 1) + biasCount);
    let at = HEAD;
    const take = (length: number) => this.#numbers.subarray(at, (at += length));
    this.layers = layers.map((layer) => ({
      layer,
      values: take(layer.weights.length),
      senders: countsSenders ? take(layer.weights.length) : undefined,
      biases: take(layer.outputs),
    }));
  }

  /** Updates added. */
  get updates(): number {
    return this.#numbers[0];
  }

  /** Their examples. */
  get examples(): number {
    return this.#numbers[1];
  }

  /**
   * Adds a decoded update that fits the layout.
   * @throws RangeError above MAX_UPDATES; nothing was added
   */
  add(update: Update): void {
    this.#expectRoom(1);
    const { examples } = update;
    for (const sums of this.layers) addDelta(sums, update.layers[sums.layer.index], examples);
    this.#numbers[0] += 1;
    this.#numbers[1] += examples;
  }

  /** A copy of all the numbers. */
  partial(): Float64Array {
    return this.#numbers.slice();
  }

  /**
   * Adds what `partial` gave for other updates of the same round.
   * @throws RangeError when they cannot be sums of updates of this model, or pass MAX_UPDATES; nothing
   *   was added
   */
  merge(partial: Float64Array): void {
    const numbers = this.#numbers;
    if (partial.length !== numbers.length) {
      throw new RangeError(`partial sums of ${partial.length} numbers, expected ${numbers.length}`);
    }
    const [updates, examples] = partial;
    expectNumbers('updates', partial.subarray(0, 1), 0, MAX_UPDATES);
    this.#expectRoom(updates);
    expectNumbers('examples', partial.subarray(1, 2), updates, MAX_EXAMPLE_WEIGHT * updates);
    let at = HEAD;
    const take = (length: number) => partial.subarray(at, (at += length));
    for (const { layer, values, senders, biases } of this.layers) {
      const { index } = layer;
      const limit = VALUE_MAX * examples;
      expectNumbers(`layer ${index} values`, take(values.length), -limit, limit);
      if (senders) expectNumbers(`layer ${index} senders`, take(senders.length), 0, examples);
      const biasLimit = BIAS_DIFFERENCE_MAX * examples;
      expectNumbers(`layer ${index} biases`, take(biases.length), -biasLimit, biasLimit);
    }
    for (let i = 0; i < numbers.length; i++) numbers[i] += partial[i];
  }

  #expectRoom(updates: number): void {
    const all = this.updates + updates;
    if (all > MAX_UPDATES) throw new RangeError(`${all} updates, expected at most ${MAX_UPDATES}`);
  }
}

function addDelta({ values, senders, biases }: LayerSums, delta: LayerDelta, examples: number): void {
  const scale = examples * 2 ** delta.shift; // times a value: below 2^29
  if (delta.positions === 'all') {
    for (let i = 0; i < values.length; i++) values[i] += delta.values[i] * scale;
    if (senders) for (let i = 0; i < senders.length; i++) senders[i] += examples;
  } else {
    addAt(values, delta.positions, delta.values, scale);
    if (senders) countAt(senders, delta.positions, examples);
  }
  const biasScale = examples * 2 ** delta.biasShift;
  for (let r = 0; r < biases.length; r++) biases[r] += delta.biases[r] * biasScale;
}

/** @throws RangeError naming the numbers */
function expectNumbers(name: string, numbers: Float64Array, min: number, max: number): void {
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i];
    if (!Number.isInteger(number) || number < min || number > max) {
      throw new RangeError(`${name} ${number} at ${i}, expected an integer from ${min} to ${max}`);
    }
  }
}
