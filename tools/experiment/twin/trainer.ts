/**
 * One client's training in real numbers: the same order of examples, choice of weights and inputs,
 * clipping and steps as firmware/trainer/trainer.ts, with nothing rounded and nothing saturated.
 * @module
 */
import type { TrainingExamples } from '../../../firmware/trainer/examples.js';
import { PLAIN } from '../../../shared/fixed/power.js';
import { Random } from '../../../shared/fixed/random.js';
import type { LayerCounts, TrainingMethod } from '../../../shared/model/method.js';
import { valuesOf } from '../../../shared/model/volume.js';
import { adoptActive, isSparse, type TwinLayer } from './layer.js';
import type { RealModel } from './model.js';
import { crossEntropy, type Network, type Trace } from './network.js';
import { weightGradient } from './product.js';
import { markLargest } from './select.js';
import { pullToBase, step, stepRate } from './step.js';

export interface TrainingTerms {
  readonly method: TrainingMethod;
  readonly layers: readonly LayerCounts[];
  readonly seed: number; // of this client and round, as the integer trainer's
  readonly masks?: readonly (Uint32Array | undefined)[]; // of the round, by layer, where the method has one
}

export class Trainer {
  readonly #network: Network;
  readonly #terms: TrainingTerms;
  readonly #examples: TrainingExamples;
  readonly #random: Random;
  readonly #traces: readonly Trace[][]; // [lane][layer]
  readonly #features: Uint8Array;
  #loss = 0;

  constructor(network: Network, terms: TrainingTerms, examples: TrainingExamples) {
    this.#network = network;
    this.#terms = terms;
    this.#examples = examples;
    this.#random = new Random(terms.seed);
    this.#traces = Array.from({ length: terms.method.batch }, () => network.traces());
    this.#features = new Uint8Array(valuesOf(network.layers[0].layer.input));
  }

  /** Trains from `base` for all epochs; the result stays in the network. @returns the summed loss in nats */
  train(base: RealModel): number {
    const { method, layers, masks } = this.#terms;
    const network = this.#network;
    const { count } = this.#examples;
    const order = new Uint16Array(count);
    network.load(base, layers);
    for (const [index, twin] of network.layers.entries()) {
      const mask = masks?.[index];
      if (mask !== undefined) adoptActive(twin, mask);
    }
    let sinceSelection = method.reselectEvery;
    let steps = 0; // since the weights were last pulled to the base
    for (let epoch = 0; epoch < method.epochs; epoch++) {
      this.#shuffle(order);
      for (let first = 0; first < count; first += method.batch) {
        if (sinceSelection >= method.reselectEvery) {
          this.#pull(base, steps);
          steps = 0;
          if (masks === undefined) network.select();
          sinceSelection = 0;
        }
        const batch = order.subarray(first, first + method.batch);
        this.trainBatch(batch);
        sinceSelection += batch.length;
        steps++;
      }
    }
    this.#pull(base, steps);
    return this.#loss;
  }

  /** One step on these examples, with the weights that are active. */
  trainBatch(batch: ArrayLike<number>): void {
    const { layers } = this.#network;
    const { method } = this.#terms;
    const lanes = this.#traces.slice(0, batch.length);
    for (const [lane, traces] of lanes.entries()) this.#forward(traces, batch[lane]);
    for (let index = layers.length - 1; index >= 0; index--) {
      const twin = layers[index];
      const traces = lanes.map((lane) => lane[index]);
      if (index > 0) for (const lane of lanes) this.#network.backward(lane, index);
      const isKept = this.#keepInputs(twin, traces, index);
      const onlyActive = method.uplink === 'mask' && isSparse(twin) && !isKept;
      for (const { errors, input } of traces) {
        weightGradient(twin, errors, input, this.#network.patch, onlyActive);
      }
      step(twin, stepRate(twin, traces, method), method.power);
      this.#passNoise();
    }
  }

  #forward(traces: readonly Trace[], example: number): void {
    const label = this.#examples.read(example, this.#features);
    this.#network.read(traces, this.#features);
    const logits = this.#network.forward(traces);
    this.#loss += crossEntropy(traces[traces.length - 1].errors, logits, label);
  }

  /** Clears the inputs that the weight gradient does not use. @returns whether a choice was made */
  #keepInputs({ layer }: TwinLayer, traces: readonly Trace[], index: number): boolean {
    const { activations } = this.#terms.method;
    const { keptInputs } = this.#terms.layers[index];
    if (activations === 'all' || keptInputs >= valuesOf(layer.input)) return false;
    const isUnion = activations === 'union';
    const { length } = traces[0].input;
    const scratch = new Float64Array(length);
    const marks = new Uint8Array(length);
    for (const { input } of traces) {
      if (!isUnion) marks.fill(0);
      markLargest(marks, input, keptInputs, !isUnion, scratch);
      if (!isUnion) clearUnmarked(input, marks);
    }
    if (isUnion) for (const { input } of traces) clearUnmarked(input, marks);
    return true;
  }

  #pull(base: RealModel, steps: number): void {
    const network = this.#network;
    const { method } = this.#terms;
    if (method.prox === 0 || steps === 0) return;
    for (const [index, twin] of network.layers.entries()) {
      pullToBase(twin, base.layers[index], method, steps);
    }
    network.raise();
    this.#random.next(); // see passNoise
  }

  /** Fisher–Yates, as the integer trainer's. */
  #shuffle(order: Uint16Array): void {
    for (let i = 0; i < order.length; i++) order[i] = i;
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.#random.below(i + 1);
      const swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
  }

  /**
   * The integer trainer draws where the noise of a step begins from the generator that also orders the
   * examples. Those draws are passed over here, so that the order of later epochs is the same.
   */
  #passNoise(): void {
    this.#random.next();
    if (this.#terms.method.power !== PLAIN) this.#random.next();
  }
}

function clearUnmarked(input: Float64Array, marks: Uint8Array): void {
  for (let i = 0; i < input.length; i++) if (marks[i] === 0) input[i] = 0;
}
