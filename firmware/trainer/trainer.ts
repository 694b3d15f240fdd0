/**
 * Trains the network on a board's examples with sparse SGD (ZeroFL, section 3; SWAT, Raihan & Aamodt
 * 2020): active weights forward and backward, kept inputs in the weight gradient, every weight
 * stays in the dense int16 master and may come back.
 *
 * The work is a generator that pauses at row boundaries after about `sliceMacs` of work, so that
 * the network gets its turn; where it pauses cannot change a bit. A step is a flat list of stages
 * (training.ts), with no generator of its own. Everything is a function of the model, the settings
 * and the examples: no clock, no float, no other randomness than the seed.
 * @module
 */
import { fillNoise } from '../../shared/fixed/noise.js';
import { mix } from '../../shared/fixed/random.js';
import { Pace } from '../../shared/masks/pace.js';
import { checkTerms } from '../../shared/model/bounds.js';
import { type MaskTerms, maskOf } from '../../shared/model/mask.js';
import type { LayerCounts, TrainingMethod } from '../../shared/model/method.js';
import type { ModelHead, ModelSource } from '../../shared/model/model.js';
import { shuffle } from '../kernels/shuffle.js';
import { TrainingBatch } from './batch.js';
import type { TrainingExamples } from './examples.js';
import { Network } from './network.js';
import { pullOf, pullToBase } from './proximal.js';
import { Scratch } from './scratch.js';
import { KERNEL_SPEED } from './speed.js';
import { Stages } from './stage.js';
import { trainingStages } from './training.js';

export interface TrainingSettings {
  readonly method: TrainingMethod;
  readonly layers: readonly LayerCounts[];
  readonly seed: number; // uint32; of this client, round and attempt
  readonly sliceMacs: number; // work between two pauses; changes no bit
  readonly mask?: MaskTerms; // of the round, where the method trains a mask
}

export interface TrainingResult {
  readonly examples: number; // steps' examples, epochs counted
  readonly lossOctaves: number; // sum over them in 2^-10 octaves
  readonly macs: number; // of forward, input gradient and weight gradient: an integer, however it was sliced
  readonly clipped: number; // weights that met ±weightMax
}

/** The order of examples is a list of uint16. */
const EXAMPLES_MAX = 65535;

export class Trainer {
  readonly network: Network;
  readonly #settings: TrainingSettings;
  readonly #batch: TrainingBatch;
  readonly #step: Stages<TrainingBatch>;
  readonly #pace: Pace;

  /**
   * @param examples at most 65535, without those held back
   * @throws RangeError when there are more, or when the model's sums or exponents do not fit
   */
  constructor(head: ModelHead, settings: TrainingSettings, examples: TrainingExamples) {
    const { method, layers, seed } = settings;
    if (examples.count > EXAMPLES_MAX) {
      throw new RangeError(`${examples.count} examples, expected at most ${EXAMPLES_MAX}`);
    }
    for (const layer of head.layout.layers) checkTerms(layer, method.batch);
    this.network = new Network(head, method.batch, layers, examples.count, method.power);
    this.#settings = settings;
    this.#pace = new Pace(settings.sliceMacs * KERNEL_SPEED);
    this.#batch = new TrainingBatch(this.network, method, examples, seed);
    const stages = trainingStages(this.network, method, settings.mask !== undefined);
    this.#step = new Stages(this.#batch, stages, this.#pace);
  }

  /** Trains from `source` for all epochs; the result stays in the network. Yields work done. */
  *train(source: ModelSource): Generator<number, TrainingResult> {
    const { network } = this;
    const { method, seed, mask } = this.#settings;
    const pace = this.#pace;
    const batch = this.#batch;
    const step = this.#step;
    const { count } = batch.examples;
    yield* network.load(source, pace);
    yield* network.raise(pace);
    if (mask !== undefined) {
      const { choice } = new Scratch(network, source); // the noise comes later
      for (const places of network.layers) {
        if (places.isSparse)
          network.adopt(places, yield* maskOf(source, places.layer.index, mask, pace, choice));
      }
    }
    fillNoise(network.i32, network.noiseAt, mix(seed, 1));
    let sinceSelection = method.reselectEvery;
    let steps = 0; // since the weights were last pulled to the base
    for (let epoch = 0; epoch < method.epochs; epoch++) {
      batch.random.state = shuffle(network.u16, network.orderAt, count, batch.random.state);
      for (let first = 0; first < count; first += method.batch) {
        if (sinceSelection >= method.reselectEvery) {
          yield* this.#pull(source, steps);
          steps = 0;
          if (mask === undefined) yield* network.select(pace);
          sinceSelection = 0;
        }
        const lanes = Math.min(method.batch, count - first);
        batch.begin(first, lanes);
        while (!step.run()) yield pace.take();
        sinceSelection += lanes;
        steps++;
      }
    }
    yield* this.#pull(source, steps);
    network.restore();
    return {
      examples: count * method.epochs,
      lossOctaves: batch.lossOctaves,
      macs: batch.macs,
      clipped: batch.clipped,
    };
  }

  /** The proximal term of the last `steps` steps. */
  *#pull(source: ModelSource, steps: number): Generator<number, void> {
    const { network } = this;
    const { prox, rate } = this.#settings.method;
    if (prox === 0 || steps === 0) return;
    network.restore();
    yield* pullToBase(network, source, pullOf(rate, prox, steps), this.#batch.turn(), this.#pace);
    yield* network.raise(this.#pace);
  }
}
