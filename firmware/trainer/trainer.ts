/**
 * Trains the network on a board's examples with sparse SGD (ZeroFL, section 3; SWAT, Raihan & Aamodt
 * 2020): active weights forward and backward, kept inputs in the weight gradient, every weight
 * stays in the dense int16 master and may come back.
 *
 * The work is a generator that pauses at row boundaries after about `sliceMacs` of work, so that
 * the network gets its turn; where it pauses cannot change a bit. Everything is a function of the
 * model, the settings and the examples: no clock, no float, no other randomness than the seed.
 * @module
 */
import { fillNoise, NOISE_LENGTH } from '../../shared/fixed/noise.js';
import { PLAIN } from '../../shared/fixed/power.js';
import { mix, Random } from '../../shared/fixed/random.js';
import { BIAS_MAX, biasShiftMost, checkTerms, gradientCut } from '../../shared/model/bounds.js';
import { type MaskTerms, maskOf } from '../../shared/model/mask.js';
import type { LayerCounts, Rate, TrainingMethod } from '../../shared/model/method.js';
import type { ModelHead, ModelSource } from '../../shared/model/model.js';
import { storedOf, valuesOf } from '../../shared/model/volume.js';
import { reluMask } from '../kernels/activation.js';
import { keepColumns } from '../kernels/keep.js';
import { GRADIENT_BITS, softmaxCrossEntropy } from '../kernels/loss.js';
import { keepLargest, listKept } from '../kernels/select.js';
import { biasStep } from '../kernels/step.js';
import { errorsOf, inputGradient, largestSum, poolGradient } from './backward.js';
import { Network, rowsPerSlice } from './network.js';
import { errorNorms, inputNorms } from './norm.js';
import { Pace } from './pace.js';
import type { LayerPlaces } from './places.js';
import { pullOf, pullToBase } from './proximal.js';
import { batchRate, clipRate, stepOf } from './rate.js';
import { carry, stepWeights } from './weightstep.js';

/** Where examples come from: a shard in memory or in flash. */
export interface TrainingExamples {
  readonly count: number;
  /** Copies the features of example `index` to `out` and returns its label. */
  read(index: number, out: Uint8Array): number;
}

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
  readonly #examples: TrainingExamples;
  readonly #pace: Pace;
  readonly #random: Random;
  readonly #labels: Uint8Array;
  readonly #leastKept: number[]; // by layer, of the last example: a guess, which changes no choice
  #lossOctaves = 0;
  #macs = 0;
  #clipped = 0;

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
    this.#examples = examples;
    this.#pace = new Pace(settings.sliceMacs);
    this.#random = new Random(seed);
    this.#labels = new Uint8Array(method.batch);
    this.#leastKept = head.layout.layers.map(() => 0);
  }

  /** Trains from `source` for all epochs; the result stays in the network. Yields work done. */
  *train(source: ModelSource): Generator<number, TrainingResult> {
    const { network } = this;
    const { method, seed, mask } = this.#settings;
    const { count } = this.#examples;
    const pace = this.#pace;
    yield* network.load(source, pace);
    yield* network.raise(pace);
    if (mask !== undefined) {
      for (const places of network.layers) {
        if (places.isSparse) network.adopt(places, yield* maskOf(source, places.layer.index, mask, pace));
      }
    }
    fillNoise(network.i32, network.arena.noise.offset >> 2, mix(seed, 1));
    let sinceSelection = method.reselectEvery;
    let steps = 0; // since the weights were last pulled to the base
    for (let epoch = 0; epoch < method.epochs; epoch++) {
      this.#shuffle(count);
      for (let first = 0; first < count; first += method.batch) {
        if (sinceSelection >= method.reselectEvery) {
          yield* this.#pull(source, steps);
          steps = 0;
          if (mask === undefined) yield* network.select(pace);
          sinceSelection = 0;
        }
        const lanes = Math.min(method.batch, count - first);
        yield* this.#trainBatch(first, lanes);
        sinceSelection += lanes;
        steps++;
      }
    }
    yield* this.#pull(source, steps);
    network.restore();
    return {
      examples: count * method.epochs,
      lossOctaves: this.#lossOctaves,
      macs: this.#macs,
      clipped: this.#clipped,
    };
  }

  /** The proximal term of the last `steps` steps. */
  *#pull(source: ModelSource, steps: number): Generator<number, void> {
    const { network } = this;
    const { prox, rate } = this.#settings.method;
    if (prox === 0 || steps === 0) return;
    network.restore();
    const noiseTurn = this.#noiseTurn();
    yield* pullToBase(network, source, pullOf(rate, prox, steps), noiseTurn, this.#pace);
    yield* network.raise(this.#pace);
  }

  /** One step on the examples order[first..first + lanes). */
  *#trainBatch(first: number, lanes: number): Generator<number, void> {
    const { network } = this;
    const pace = this.#pace;
    yield* this.#loadBatch(first, lanes);
    yield* network.forward(lanes, pace);
    for (const { active, layer } of network.layers) this.#macs += active * layer.positions * lanes;
    let errorExp = yield* this.#outputErrors(lanes);
    for (let index = network.layers.length - 1; index >= 0; index--) {
      const places = network.layers[index];
      if (index > 0) {
        yield* inputGradient(network, places, lanes, pace);
        this.#macs += places.active * places.layer.positions * lanes;
      }
      // before keepInputs: an activation that it clears still lets its error through
      const most = index > 0 ? yield* this.#largestInputError(index, lanes) : 0;
      const kept = yield* this.#keepInputs(places, lanes);
      yield* this.#step(places, lanes, kept, errorExp);
      if (index > 0) errorExp += yield* this.#inputErrors(index, lanes, most);
    }
  }

  /** Fisher–Yates; the order goes on from epoch to epoch. */
  #shuffle(count: number): void {
    const { u16, arena } = this.network;
    const at = arena.order.offset >> 1;
    for (let i = 0; i < count; i++) u16[at + i] = i;
    for (let i = count - 1; i > 0; i--) {
      const j = this.#random.below(i + 1);
      const swap = u16[at + i];
      u16[at + i] = u16[at + j];
      u16[at + j] = swap;
    }
  }

  /** Yields values read. */
  *#loadBatch(first: number, lanes: number): Generator<number, void> {
    const { network } = this;
    const { u8, u16, arena } = network;
    const example = u8.subarray(arena.example.offset, arena.example.offset + arena.example.length);
    const orderAt = arena.order.offset >> 1;
    network.setLanes(lanes);
    for (let lane = 0; lane < lanes; lane++) {
      this.#labels[lane] = this.#examples.read(u16[orderAt + first + lane], example);
      network.setExample(example, lane);
      if (this.#pace.isDue(example.length)) yield this.#pace.take();
    }
  }

  /** Loss, and errors of the logits. @returns their exponent */
  *#outputErrors(lanes: number): Generator<number, number> {
    const { network } = this;
    const { i32, arena, head, layers } = network;
    const { classes } = head.layout;
    const pace = this.#pace;
    const sumsAt = arena.sums.offset >> 2;
    const { sumShift } = layers[layers.length - 1];
    for (let lane = 0; lane < lanes; lane++) {
      const label = this.#labels[lane];
      this.#lossOctaves += softmaxCrossEntropy(i32, sumsAt, sumShift, label, classes, lanes, lane);
    }
    const n = classes * lanes;
    const most = yield* largestSum(network, n, pace);
    return (yield* errorsOf(network, n, most, pace)) - GRADIENT_BITS;
  }

  /** Clears the sums of `inputGradient` where ReLU gave 0. @returns the largest magnitude left */
  *#largestInputError(index: number, lanes: number): Generator<number, number> {
    const { network } = this;
    const pace = this.#pace;
    const { layer, inputsAt } = network.layers[index];
    const n = storedOf(layer.input) * lanes;
    // the mean of a pooling layer is no ReLU: it may be 0 and have a gradient
    if (network.layers[index - 1].pools.length > 0) return yield* largestSum(network, n, pace);
    return yield* this.#maskSums(inputsAt, n);
  }

  /** Clears n sums where the activations after a ReLU are 0. @returns the largest magnitude left */
  *#maskSums(activationsAt: number, n: number): Generator<number, number> {
    const { i32, u8, arena } = this.network;
    const pace = this.#pace;
    let most = 0;
    const piece = rowsPerSlice(1, pace.pieceMacs);
    for (let from = 0; from < n; from += piece) {
      const to = Math.min(n, from + piece);
      most = Math.max(most, reluMask(i32, arena.sums.offset >> 2, u8, activationsAt, from, to));
      if (pace.isDue(to - from)) yield pace.take();
    }
    return most;
  }

  /** Turns those sums into the errors of the layer before this one. @returns the change of their exponent */
  *#inputErrors(index: number, lanes: number, most: number): Generator<number, number> {
    const { network } = this;
    const pace = this.#pace;
    const { layer, weightExp } = network.layers[index];
    const { pools } = network.layers[index - 1];
    let exp = weightExp + (yield* errorsOf(network, storedOf(layer.input) * lanes, most, pace));
    for (let i = pools.length - 1; i >= 0; i--) {
      exp += yield* poolGradient(network, pools[i], lanes, pace);
      const n = storedOf(pools[i].pool.input) * lanes;
      // the input of the first is what ReLU gave
      const left = yield* i === 0 ? this.#maskSums(pools[i].inputsAt, n) : largestSum(network, n, pace);
      exp += yield* errorsOf(network, n, left, pace);
    }
    return exp;
  }

  /**
   * Chooses the inputs that the weight gradient uses: lists them for a dense layer, marks them for another.
   * @returns columns of a dense layer in use, the fan-in of another; undefined where no choice was made
   */
  *#keepInputs(places: LayerPlaces, lanes: number): Generator<number, number | undefined> {
    const { activations } = this.#settings.method;
    const { keptInputs, inputs, inputsAt, layer } = places;
    if (activations === 'all' || keptInputs >= valuesOf(layer.input)) return undefined;
    const { u8, u16, i32, arena } = this.network;
    const histogramAt = arena.counts.offset >> 2;
    const keptAt = arena.kept.offset >> 1;
    const marksAt = arena.marks.offset;
    const allTies = activations === 'top-k' ? 1 : 0;
    const stored = storedOf(layer.input);
    let count = 0;
    for (let lane = 0; lane < lanes; lane++) {
      if (layer.window === undefined) {
        // biome-ignore format: arguments in groups
        count = keepColumns(
          u16, keptAt, u8, marksAt, i32, histogramAt, inputs, inputsAt, keptInputs, allTies,
          guessOf(this.#leastKept[layer.index]), stored, lanes, lane,
        );
        this.#leastKept[layer.index] = i32[histogramAt];
      } else {
        // biome-ignore format: arguments in groups
        keepLargest(
          u8, marksAt, i32, histogramAt, inputs, inputsAt, keptInputs, allTies, stored, lanes, lane,
        );
      }
      if (this.#pace.isDue(stored)) yield this.#pace.take();
    }
    if (layer.window !== undefined) return layer.inputs;
    return lanes === 1 ? count : listKept(u16, keptAt, u8, marksAt, i32, layer.inputs);
  }

  /**
   * The step of one layer's weights and biases.
   * @param chosen what `#keepInputs` returned
   */
  *#step(
    places: LayerPlaces,
    lanes: number,
    chosen: number | undefined,
    errorExp: number,
  ): Generator<number, void> {
    const { network } = this;
    const { method, mask } = this.#settings;
    const pace = this.#pace;
    const { i32, i16, arena } = network;
    const { biasesAt, biasExp } = places;
    const { inputs, outputs, positions, output } = places.layer;
    const isKept = chosen !== undefined;
    const kept = chosen ?? inputs;
    const noiseTurn = this.#noiseTurn();
    const rate = yield* this.#stepRate(places, lanes, kept, isKept, errorExp);
    const cut = gradientCut(positions * lanes);
    const step = stepOf(rate, places.weightExp - errorExp - places.inputExp - cut, 0);
    const terms = { network, places, lanes, kept, noiseTurn, cut, step, pace };
    const { macs, clipped } = yield* stepWeights(terms, isKept, mask !== undefined);
    this.#macs += macs;
    this.#clipped += clipped;
    if (method.power !== PLAIN) yield* carry({ ...terms, noiseTurn: this.#noiseTurn() }, method.power);
    const bias = stepOf(rate, biasExp - errorExp, -biasShiftMost(positions * lanes));
    const errorsAt = arena.errors.offset >> 1;
    biasStep(
      i32,
      biasesAt,
      i16,
      errorsAt,
      bias.mantissa,
      bias.shift,
      BIAS_MAX,
      output.plane * lanes,
      outputs,
    );
  }

  /** Where the noise of the next step begins. */
  #noiseTurn(): number {
    return this.#random.next() & (NOISE_LENGTH - 1);
  }

  /**
   * The rate of this step: a mean over the examples, clipped by the gradient's norm. Yields values read.
   * @param kept   columns of a dense layer in use
   * @param isKept a choice of inputs was made
   */
  *#stepRate(
    places: LayerPlaces,
    lanes: number,
    kept: number,
    isKept: boolean,
    errorExp: number,
  ): Generator<number, Rate> {
    const { network } = this;
    const { method } = this.#settings;
    const pace = this.#pace;
    const { rate, clip } = method;
    const mean = batchRate(rate, lanes);
    if (clip === 0) return mean;
    const errorsAt = yield* errorNorms(network, places, lanes, pace);
    const inputsAt = yield* inputNorms(network, places, kept, isKept, lanes, pace);
    const { i32 } = network;
    let norms = 0;
    for (let lane = 0; lane < lanes; lane++) norms += i32[errorsAt + lane] * i32[inputsAt + lane];
    return clipRate(mean, norms, errorExp + places.inputExp, lanes, clip);
  }
}

/** Where to begin with the next example when the smallest input kept was `least`. */
function guessOf(least: number): number {
  return Math.max(1, least - (least >> 3));
}
