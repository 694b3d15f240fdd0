/**
 * The golden runs of the server, for any engine: rounds of random updates through the wire's own frames
 * into the next model, for each optimizer and each way to merge. In every third round the updates lie at
 * the ends of their ranges, so that weights, biases and momenta saturate.
 */
import { Aggregation } from '../../broker/aggregation/aggregation.js';
import { encodeState, freshState, nextModel } from '../../broker/aggregation/optimizer.js';
import { Random } from '../../shared/fixed/random.js';
import { BIAS_MAX, weightMaxima } from '../../shared/model/bounds.js';
import { biasBitsOf, type LayerDelta, maxBiasShift, maxValueShift } from '../../shared/model/delta.js';
import { initialModel } from '../../shared/model/initial.js';
import type { Model } from '../../shared/model/model.js';
import { type Recipe, recipeOf } from '../../shared/model/recipe.js';
import { planTraining } from '../../shared/model/training.js';
import { crc32Update } from '../../shared/protocol/crc32.js';
import { decodeUpdate, encodeUpdate, MAX_EXAMPLE_WEIGHT, type Update } from '../../shared/protocol/update.js';

const DIFFERENCES = { uplink: 'top-k-weights-diff', optimizer: 'none' } as const;
const TRAINED = { uplink: 'top-k-weights', optimizer: 'none' } as const;
const MASK = { uplink: 'mask', active: 'mask', merge: 'cohort', optimizer: 'none' } as const;

const RUNS: Readonly<Record<string, Partial<Recipe>>> = {
  'none, senders': { ...DIFFERENCES, merge: 'senders' },
  'none, cohort': { ...DIFFERENCES, merge: 'cohort' },
  'none, trained values of senders': { ...TRAINED, merge: 'senders' },
  'none, trained values of the cohort': { ...TRAINED, merge: 'cohort' },
  'none, mask': MASK,
  'half the rate, senders': { ...DIFFERENCES, merge: 'senders', serverRate: 0.5 },
  'half the rate, mask': { ...MASK, serverRate: 0.5 },
  'momentum, senders': { ...DIFFERENCES, merge: 'senders', optimizer: 'momentum' },
  'momentum, cohort': { ...DIFFERENCES, merge: 'cohort', optimizer: 'momentum', valueBits: 8 },
  'momentum, trained values of senders': { ...TRAINED, merge: 'senders', optimizer: 'momentum' },
  'momentum, mask': { ...MASK, optimizer: 'momentum', valueBits: 8 },
  'adam, senders': { ...DIFFERENCES, merge: 'senders', optimizer: 'adam' },
  'adam, cohort': { ...DIFFERENCES, merge: 'cohort', optimizer: 'adam', valueBits: 4 },
  'adam, trained values of the cohort': { ...TRAINED, merge: 'cohort', optimizer: 'adam' },
  'adam, mask': { ...MASK, optimizer: 'adam', valueBits: 4 },
};

export const SERVER_NAMES = Object.keys(RUNS);

export const SERVER_ROUNDS = 24;
const BOARDS = 5;
const SEED = 1213;

export interface ServerResult {
  readonly model: Uint8Array; // all parameters after the last round
  readonly state: Uint8Array; // the optimizer's
  readonly crcs: Uint32Array; // of the parameters after each round
  readonly saturated: number; // parameters found at their bound after a round, all rounds together
}

export function serverRun(name: string): ServerResult {
  const recipe = recipeOf('sparrow', 0.3, RUNS[name]);
  const random = new Random(SEED);
  let model = initialModel(
    {
      name: 'golden',
      input: { shape: [12], type: 'uint8', exp: -8 },
      layers: [10, 6].map((units) => ({ kind: 'dense', units })),
    },
    SEED,
  );
  const { layout } = model.head;
  let state = freshState(recipe.optimizer, layout);
  const crcs = new Uint32Array(SERVER_ROUNDS);
  let saturated = 0;
  for (let round = 1; round <= SERVER_ROUNDS; round++) {
    const { method } = planTraining(recipe, layout, round, model);
    const aggregation = new Aggregation(model, method);
    const reference = (index: number) => everyThird(layout.layers[index].weights.length);
    for (let board = 0; board < BOARDS; board++) {
      const update = randomUpdate(random, model, recipe, round);
      const frame = encodeUpdate(update, layout, reference);
      aggregation.add(decodeUpdate(frame, update.device, layout, reference));
    }
    ({ model, state } = nextModel(aggregation, model, method.optimizer, state));
    crcs[round - 1] = crc32Update(0, new Uint8Array(model.parameters));
    saturated += atBounds(model);
  }
  return { model: new Uint8Array(model.parameters), state: encodeState(state), crcs, saturated };
}

function atBounds({ head, parameters }: Model): number {
  const maxima = weightMaxima(head.description);
  let count = 0;
  for (const { index, weights, biases } of head.layout.layers) {
    for (const weight of new Int16Array(parameters, weights.offset, weights.length)) {
      if (Math.abs(weight) === maxima[index]) count++;
    }
    for (const bias of new Int32Array(parameters, biases.offset, biases.length)) {
      if (Math.abs(bias) === BIAS_MAX) count++;
    }
  }
  return count;
}

/** Stands for a round's mask and for the base's own top-k. */
function everyThird(n: number): Uint32Array {
  return Uint32Array.from({ length: Math.ceil(n / 3) }, (_, i) => 3 * i);
}

function randomUpdate(random: Random, { head }: Model, recipe: Recipe, round: number): Update {
  const { valueBits, uplink } = recipe;
  const isExtreme = round % 3 === 0;
  const sign = round % 6 === 0 ? -1 : 1; // all boards push the same way, then the other
  const layers = head.layout.layers.map(({ outputs, weights }): LayerDelta => {
    const some = Array.from({ length: weights.length }, (_, i) => i).filter(() => random.below(3) === 0);
    const positions = uplink === 'mask' ? everyThird(weights.length) : Uint32Array.from(some);
    const numbers = (length: number, bits: number) => {
      const most = 2 ** (bits - 1) - 1;
      const number = () => random.below(2 * most + 1) - most;
      return Int16Array.from({ length }, () => (isExtreme ? sign * most : number() >> random.below(bits)));
    };
    return {
      positions,
      values: numbers(positions.length, valueBits),
      shift: isExtreme ? maxValueShift(valueBits) : random.below(1 + maxValueShift(valueBits) / 2),
      biases: numbers(outputs, biasBitsOf(valueBits)),
      biasShift: isExtreme ? maxBiasShift(valueBits) : random.below(1 + maxBiasShift(valueBits) / 2),
    };
  });
  return {
    ...{ device: 'golden', round, attempt: 1, baseHash: '0011223344556677', loss: 0 },
    ...{ heldBack: 0, correct: 0, macs: 0, valueBits },
    examples: isExtreme ? MAX_EXAMPLE_WEIGHT : 1 + random.below(200),
    layers,
  };
}
