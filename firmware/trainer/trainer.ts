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
import { bitWidth, squareRoot } from '../../shared/fixed/bits.js';
import { fillNoise, NOISE_BITS, NOISE_LENGTH } from '../../shared/fixed/noise.js';
import { mix, Random } from '../../shared/fixed/random.js';
import { ERROR_BITS } from '../../shared/fixed/saturation.js';
import { BIAS_MAX } from '../../shared/model/bounds.js';
import type { LayerCounts, Rate, TrainingMethod } from '../../shared/model/method.js';
import type { ModelHead, ModelSource } from '../../shared/model/model.js';
import { largestMagnitude, quantizeErrors, reluMask } from '../kernels/activation.js';
import { denseInputGradient } from '../kernels/dense.js';
import { GRADIENT_BITS, softmaxCrossEntropy } from '../kernels/loss.js';
import { keepLargest, listKept } from '../kernels/select.js';
import { sparseInputGradient } from '../kernels/sparse.js';
import { biasStep, denseWeightStep, sparseWeightStep } from '../kernels/step.js';
import { type LayerPlaces, Network, rowsPerSlice } from './network.js';
import { batchRate, clipRate } from './rate.js';

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
}

export interface TrainingResult {
  readonly examples: number; // steps' examples, epochs counted
  readonly lossOctaves: number; // sum over them in 2^-10 octaves
  readonly macs: number; // of forward, input gradient and weight gradient: an integer, however it was sliced
  readonly clipped: number; // weights that met ±weightMax
}

const SHIFT_MAX = NOISE_BITS;

/** The order of examples is a list of uint16. */
const EXAMPLES_MAX = 65535;

/** Bias steps may be multiplied by up to 2^6: 2^22 · 2^6 fits int32. */
const BIAS_SHIFT_LEAST = -6;

export class Trainer {
  readonly network: Network;
  readonly #settings: TrainingSettings;
  readonly #examples: TrainingExamples;
  readonly #random: Random;
  readonly #labels: Uint8Array;
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
    this.network = new Network(head, method.batch, layers, examples.count);
    this.#settings = settings;
    this.#examples = examples;
    this.#random = new Random(seed);
    this.#labels = new Uint8Array(method.batch);
  }

  /** Trains from `source` for all epochs; the result stays in the network. Yields work done. */
  *train(source: ModelSource): Generator<number, TrainingResult> {
    const { network } = this;
    const { method, seed, sliceMacs } = this.#settings;
    const { count } = this.#examples;
    yield* network.load(source);
    fillNoise(network.i32, network.arena.noise.offset >> 2, mix(seed, 1));
    let sinceSelection = method.reselectEvery;
    for (let epoch = 0; epoch < method.epochs; epoch++) {
      this.#shuffle(count);
      for (let first = 0; first < count; first += method.batch) {
        if (sinceSelection >= method.reselectEvery) {
          yield* network.select(sliceMacs);
          sinceSelection = 0;
        }
        const lanes = Math.min(method.batch, count - first);
        yield* this.#step(first, lanes);
        sinceSelection += lanes;
      }
    }
    return {
      examples: count * method.epochs,
      lossOctaves: this.#lossOctaves,
      macs: this.#macs,
      clipped: this.#clipped,
    };
  }

  /** One step on the examples order[first..first + lanes). */
  *#step(first: number, lanes: number): Generator<number, void> {
    const { network } = this;
    const { sliceMacs } = this.#settings;
    this.#loadBatch(first, lanes);
    yield* network.forward(lanes, sliceMacs);
    for (const { active } of network.layers) this.#macs += active * lanes;
    let errorExp = this.#outputErrors(lanes);
    for (let index = network.layers.length - 1; index >= 0; index--) {
      const places = network.layers[index];
      if (index > 0) yield* this.#inputGradient(places, lanes);
      // before keepInputs: an activation that it clears still lets its error through
      const most = index > 0 ? this.#maskErrors(places, lanes) : 0;
      const kept = this.#keepInputs(places, lanes);
      yield* this.#weightStep(places, lanes, kept, errorExp);
      if (index > 0) errorExp = this.#inputErrors(places, lanes, errorExp, most);
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

  #loadBatch(first: number, lanes: number): void {
    const { u8, u16, arena, head } = this.network;
    const example = u8.subarray(arena.example.offset, arena.example.offset + arena.example.length);
    const orderAt = arena.order.offset >> 1;
    for (let lane = 0; lane < lanes; lane++) {
      this.#labels[lane] = this.#examples.read(u16[orderAt + first + lane], example);
      scatter(u8, arena.inputs.offset, example, head.layout.inputs, lanes, lane);
    }
  }

  /** Loss, and errors of the logits. @returns their exponent */
  #outputErrors(lanes: number): number {
    const { i32, i16, arena, head, layers } = this.network;
    const { classes } = head.layout;
    const sumsAt = arena.sums.offset >> 2;
    const { sumShift } = layers[layers.length - 1];
    for (let lane = 0; lane < lanes; lane++) {
      this.#lossOctaves += softmaxCrossEntropy(
        i32,
        sumsAt,
        sumShift,
        this.#labels[lane],
        classes,
        lanes,
        lane,
      );
    }
    const n = classes * lanes;
    const shift = errorShift(largestMagnitude(i32, sumsAt, 0, n));
    quantizeErrors(i16, arena.errors.offset >> 1, i32, sumsAt, shift, 0, n);
    return shift - GRADIENT_BITS;
  }

  /** Sums of errors over the layer's outputs, into `sums`. */
  *#inputGradient(places: LayerPlaces, lanes: number): Generator<number, void> {
    const { network } = this;
    const { i32, i16, u16, arena } = network;
    const { weightsAt, rowStartsAt, columnsAt, active } = places;
    const { inputs, outputs } = places.layer;
    const { sliceMacs } = this.#settings;
    const sumsAt = arena.sums.offset >> 2;
    const errorsAt = arena.errors.offset >> 1;
    if (places.isSparse) i32.fill(0, sumsAt, sumsAt + inputs * lanes);
    const units = places.isSparse ? outputs : inputs;
    const unitMacs = (active * lanes) / units;
    const step = rowsPerSlice(unitMacs, sliceMacs);
    for (let from = 0; from < units; from += step) {
      const to = Math.min(units, from + step);
      if (places.isSparse) {
        // biome-ignore format: arguments in groups
        sparseInputGradient(
          i32, sumsAt, i16, weightsAt, i32, rowStartsAt, u16, columnsAt, i16, errorsAt,
          inputs, lanes, from, to,
        );
      } else {
        denseInputGradient(i32, sumsAt, i16, weightsAt, i16, errorsAt, outputs, inputs, lanes, from, to);
      }
      yield (to - from) * unitMacs;
    }
    this.#macs += active * lanes;
  }

  /** Clears the sums of `#inputGradient` where ReLU gave 0. @returns the largest magnitude left */
  #maskErrors(places: LayerPlaces, lanes: number): number {
    const { i32, u8, arena } = this.network;
    return reluMask(i32, arena.sums.offset >> 2, u8, places.inputsAt, 0, places.layer.inputs * lanes);
  }

  /** Turns those sums into the errors of the layer below. @returns their exponent */
  #inputErrors(places: LayerPlaces, lanes: number, errorExp: number, most: number): number {
    const { i32, i16, arena } = this.network;
    const sumsAt = arena.sums.offset >> 2;
    const n = places.layer.inputs * lanes;
    const shift = errorShift(most);
    quantizeErrors(i16, arena.errors.offset >> 1, i32, sumsAt, shift, 0, n);
    return errorExp + places.weightExp + shift;
  }

  /** Chooses the inputs that the weight gradient uses. @returns how many columns; all = the fan-in */
  #keepInputs(places: LayerPlaces, lanes: number): number {
    const { activations } = this.#settings.method;
    const { inputs } = places.layer;
    if (activations === 'all' || places.keptInputs >= inputs) return inputs;
    const { u8, u16, i32, arena } = this.network;
    const clearRest = activations === 'top-k' ? 1 : 0;
    const marksAt = arena.marks.offset;
    for (let lane = 0; lane < lanes; lane++) {
      // biome-ignore format: arguments in groups
      keepLargest(
        u8, marksAt, i32, arena.counts.offset >> 2, places.inputs, places.inputsAt,
        places.keptInputs, clearRest, inputs, lanes, lane,
      );
    }
    return listKept(u16, arena.kept.offset >> 1, u8, marksAt, inputs);
  }

  *#weightStep(places: LayerPlaces, lanes: number, kept: number, errorExp: number): Generator<number, void> {
    const { i32, i16, u16, arena } = this.network;
    const { weightsAt, biasesAt, inputsAt, weightMax, biasExp } = places;
    const { inputs, outputs } = places.layer;
    const errorsAt = arena.errors.offset >> 1;
    const noiseAt = arena.noise.offset >> 2;
    const keptAt = arena.kept.offset >> 1;
    const noiseTurn = this.#random.next() & (NOISE_LENGTH - 1);
    const rate = this.#stepRate(places, lanes, kept, errorExp);
    const weight = stepOf(rate, places.weightExp - errorExp - places.inputExp, 0);
    const rowMacs = kept * lanes;
    const rows = rowsPerSlice(rowMacs, this.#settings.sliceMacs);
    for (let from = 0; from < outputs; from += rows) {
      const to = Math.min(outputs, from + rows);
      if (kept === inputs) {
        // biome-ignore format: arguments in groups
        this.#clipped += denseWeightStep(
          i16, weightsAt, i16, errorsAt, places.inputs, inputsAt, i32, noiseAt, noiseTurn,
          weight.mantissa, weight.shift, weightMax, inputs, lanes, from, to,
        );
      } else {
        // biome-ignore format: arguments in groups
        this.#clipped += sparseWeightStep(
          i16, weightsAt, i16, errorsAt, places.inputs, inputsAt, u16, keptAt, kept, i32, noiseAt, noiseTurn,
          weight.mantissa, weight.shift, weightMax, inputs, lanes, from, to,
        );
      }
      yield (to - from) * rowMacs;
    }
    this.#macs += outputs * rowMacs;
    const bias = stepOf(rate, biasExp - errorExp, BIAS_SHIFT_LEAST);
    biasStep(i32, biasesAt, i16, errorsAt, bias.mantissa, bias.shift, BIAS_MAX, lanes, outputs);
  }

  /** The rate of this step: a mean over the examples, clipped by the bound on the gradient's norm. */
  #stepRate(places: LayerPlaces, lanes: number, kept: number, errorExp: number): Rate {
    const { rate, clip } = this.#settings.method;
    const mean = batchRate(rate, lanes);
    if (clip === 0) return mean;
    let norms = 0;
    for (let lane = 0; lane < lanes; lane++) {
      norms +=
        this.#errorNorm(places.layer.outputs, lanes, lane) * this.#inputNorm(places, kept, lanes, lane);
    }
    return clipRate(mean, norms, errorExp + places.inputExp, lanes, clip);
  }

  /** Euclidean norm of one example's errors, below 2^17. */
  #errorNorm(outputs: number, lanes: number, lane: number): number {
    const { i16, arena } = this.network;
    const at = (arena.errors.offset >> 1) + lane;
    let sum = 0;
    for (let r = 0; r < outputs; r++) sum += i16[at + r * lanes] * i16[at + r * lanes];
    return squareRoot(sum > 0x7fffffff ? 0x7fffffff : sum);
  }

  /** Euclidean norm of one example's kept inputs, below 2^16. */
  #inputNorm(places: LayerPlaces, kept: number, lanes: number, lane: number): number {
    const { u16, arena } = this.network;
    const { inputs, inputsAt, layer } = places;
    const keptAt = arena.kept.offset >> 1;
    let sum = 0;
    for (let k = 0; k < kept; k++) {
      const c = kept === layer.inputs ? k : u16[keptAt + k];
      const x = inputs[inputsAt + c * lanes + lane];
      sum += x * x;
    }
    return squareRoot(sum > 0x7fffffff ? 0x7fffffff : sum);
  }
}

/** Puts an example into its lane of the input tensor. */
export function scatter(
  out: Uint8Array,
  outAt: number,
  example: Uint8Array,
  features: number,
  lanes: number,
  lane: number,
): void {
  let to = outAt + lane;
  for (let i = 0; i < features; i++) {
    out[to] = example[i];
    to += lanes;
  }
}

/** The shift that leaves ERROR_BITS bits of the largest error. */
function errorShift(most: number): number {
  return Math.max(0, bitWidth(most) - ERROR_BITS);
}

/**
 * A rate as mantissa and right shift in units of the parameter. A step too large for `least`
 * saturates, one too small for SHIFT_MAX loses low bits of its mantissa.
 *
 * @param exp   exponent of the parameter less that of the gradient
 * @param least smallest shift that the kernel's bound allows
 */
function stepOf(rate: Rate, exp: number, least: number): { mantissa: number; shift: number } {
  let { mantissa } = rate;
  let shift = exp - rate.exp;
  for (; shift > SHIFT_MAX && mantissa > 0; shift--) mantissa >>= 1;
  for (; shift < least && mantissa < 256; shift++) mantissa <<= 1;
  return { mantissa: Math.min(255, mantissa), shift: Math.min(SHIFT_MAX, Math.max(least, shift)) };
}
