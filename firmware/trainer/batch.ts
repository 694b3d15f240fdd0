/**
 * The examples of one training step, and what its stages leave for each other. It is made once and begun anew for
 * every step.
 * @module
 */
import { NOISE_LENGTH } from '../../shared/fixed/noise.js';
import { Random } from '../../shared/fixed/random.js';
import { biasShiftMost, gradientCut } from '../../shared/model/bounds.js';
import type { Rate, TrainingMethod } from '../../shared/model/method.js';
import type { TrainingExamples } from './examples.js';
import type { Network } from './network.js';
import { batchRate } from './rate.js';
import type { Batch } from './stage.js';

export class TrainingBatch implements Batch {
  // what stages read most comes first: XS looks for a property from the first to the last
  readonly network: Network;
  lanes = 0;
  kept = 0; // inputs that the weight gradient uses: columns of a dense layer, else the fan-in
  noiseTurn = 0; // where in the noise weight 0 begins
  cut = 0; // bits that a gradient loses before the rate, see gradientCut
  mantissa = 0; // of the weights' step
  shift = 0;
  clips = 1; // 0 = no weight of the layer can be clipped in this step
  unitMacs = 0; // of the next stage that does not know its own
  largest = 0; // magnitude of the sums
  errorShift = 0; // from sums to errors
  errorExp = 0;
  macs = 0; // of forward, input gradient and weight gradient, in all steps so far
  clipped = 0; // weights, in all steps so far
  biasMantissa = 0;
  biasShift = 0;
  normShift = 0; // bits that a sum of norms has lost
  bound = 0; // of the norms, see clipSteps
  rate: Rate; // of a mean over the lanes
  readonly allTies: 0 | 1; // whether all inputs as large as the least one are kept, too
  readonly leastKept: number[]; // by layer, of the last example: a guess, which changes no choice
  readonly cuts: number[]; // by layer, see gradientCut
  readonly leastBiasShifts: number[]; // by layer, see biasShiftMost
  readonly labels: Uint8Array; // by lane
  lossOctaves = 0; // of all steps so far
  first = 0; // place in the order
  readonly examples: TrainingExamples;
  readonly example: Uint8Array; // as it was read
  readonly random: Random;
  readonly method: TrainingMethod;
  readonly wideSquares: Float64Array; // of errors, then of inputs, by lane: sums that may pass int32
  readonly #laneMacs: number; // of forward and input gradient

  constructor(network: Network, method: TrainingMethod, examples: TrainingExamples, seed: number) {
    const { u8, arena, layers } = network;
    this.network = network;
    this.method = method;
    this.examples = examples;
    this.allTies = method.activations === 'top-k' ? 1 : 0;
    this.random = new Random(seed);
    this.example = u8.subarray(arena.example.offset, arena.example.offset + arena.example.length);
    this.labels = new Uint8Array(method.batch);
    this.leastKept = layers.map(() => 0);
    this.cuts = layers.map(() => 0);
    this.leastBiasShifts = layers.map(() => 0);
    this.wideSquares = new Float64Array(2 * method.batch);
    this.rate = method.rate;
    let laneMacs = 0;
    for (const { active, layer } of layers) laneMacs += active * layer.positions * (layer.index > 0 ? 2 : 1);
    this.#laneMacs = laneMacs;
  }

  /** The next step is on order[first..first + lanes). */
  begin(first: number, lanes: number): void {
    this.first = first;
    this.macs += this.#laneMacs * lanes;
    if (lanes === this.lanes) return;
    this.lanes = lanes;
    this.rate = batchRate(this.method.rate, lanes);
    this.bound = this.method.clip * lanes;
    for (const { index, positions } of this.network.head.layout.layers) {
      this.cuts[index] = gradientCut(positions * lanes);
      this.leastBiasShifts[index] = -biasShiftMost(positions * lanes);
    }
    this.network.setLanes(lanes);
  }

  /** Where the noise of the next weights begins. */
  turn(): number {
    return this.random.next() & (NOISE_LENGTH - 1);
  }
}
