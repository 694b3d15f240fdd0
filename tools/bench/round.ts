/**
 * A round for benches: a model of about 50,000 weights in three dense layers, a plan, and the update
 * frames of many boards. Masks and values are pseudo-random; the frames are made by the boards' own
 * encoder, and the same seed makes the same frames.
 * @module
 */
import { referenceOf } from '../../broker/rounds/reference.js';
import { Random } from '../../shared/fixed/random.js';
import { biasBitsOf, numberMax, type ValueBits } from '../../shared/model/delta.js';
import type { ModelDescription } from '../../shared/model/description.js';
import { initialModel } from '../../shared/model/initial.js';
import type { Model } from '../../shared/model/model.js';
import { type Recipe, recipeOf } from '../../shared/model/recipe.js';
import { planTraining } from '../../shared/model/training.js';
import type { Plan } from '../../shared/protocol/plan.js';
import { encodeUpdate } from '../../shared/protocol/update.js';

/** 39,200 + 10,000 + 500 weights, 260 biases. */
const DESCRIPTION: ModelDescription = {
  name: 'bench',
  input: { shape: [14, 14], type: 'uint8', exp: -8 },
  layers: [200, 50, 10].map((units) => ({ kind: 'dense', units })),
};

const SEED = 1;

/** Where the boards' masks lie. */
export type MaskChoice =
  /** anywhere: the encoder then writes Rice gaps of the positions */
  | 'anywhere'
  /** near the base's own top-k, NEAR_CHANGED of it exchanged: the encoder then writes the change */
  | 'near the base'
  /** most of them in some rows and columns, as trained differences are: the encoder then writes rows, or the grid */
  | 'in rows and columns';

const NEAR_CHANGED = 0.15;

export interface BenchRound {
  readonly model: Model;
  readonly plan: Plan;
}

export interface Sent {
  readonly device: string;
  readonly frame: Uint8Array;
}

/** Round 1 of `sparrow` at density 0.05, every board asked. */
export function benchRound(changes: Partial<Recipe> = {}): BenchRound {
  const model = initialModel(DESCRIPTION, SEED);
  const plan: Plan = {
    ...{ federation: 1, taskSeed: SEED, round: 1, attempt: 1 },
    ...{ modelHash: '00112233aabbccdd', modelCrc: 0, deadlineMs: 0 },
    cohort: { kind: 'threshold', seed: SEED, threshold: 0xffff_ffff },
    ...planTraining(recipeOf('sparrow', 0.05, changes), model.head.layout, 1, model),
  };
  return { model, plan };
}

/** One update of each of `boards` boards. */
export function benchUpdates({ model, plan }: BenchRound, boards: number, masks: MaskChoice): Sent[] {
  const random = new Random(SEED);
  const reference = referenceOf(model, plan);
  const { layout } = model.head;
  const { valueBits } = plan.method;
  return Array.from({ length: boards }, (_, board) => {
    const device = `board-${board}`;
    const layers = layout.layers.map(({ index, weights, inputs, outputs }) => {
      const { sent } = plan.layers[index];
      const near = masks === 'near the base' ? reference(index) : undefined;
      const draw =
        masks === 'in rows and columns'
          ? () => skewed(outputs, random) * inputs + skewed(inputs, random)
          : () => random.below(weights.length);
      const positions = somePositions(weights.length, sent, near, random, draw);
      return {
        positions: sent === weights.length ? ('all' as const) : positions,
        values: someNumbers(sent, valueBits, random),
        shift: 0,
        biases: someNumbers(outputs, biasBitsOf(valueBits), random),
        biasShift: 0,
      };
    });
    const head = { device, round: plan.round, attempt: plan.attempt, baseHash: plan.modelHash, layers };
    const examples = 20 + random.below(100);
    const update = {
      ...head,
      examples,
      loss: 1024,
      heldBack: 4,
      correct: 3,
      macs: 1e6,
      valueBits,
    };
    return { device, frame: encodeUpdate(update, layout, reference, plan.method.positions) };
  });
}

/** Of up to 12 bits, as trained ones are, or as many as there are. */
function someNumbers(length: number, bits: ValueBits, random: Random): Int16Array {
  const most = Math.min(2000, numberMax(bits));
  return Int16Array.from({ length }, () => random.below(2 * most + 1) - most);
}

/** Of n rows or columns, some much more often than others. */
function skewed(n: number, random: Random): number {
  const part = random.below(4096) / 4096;
  return (Math.floor(n * part * part) * 17) % n; // the full ones are not neighbours
}

/** `count` of n places, ascending, drawn at random beside those of `near` that stay. */
function somePositions(
  n: number,
  count: number,
  near: Uint32Array | undefined,
  random: Random,
  draw: () => number,
): Uint32Array {
  const isKept = new Uint8Array(n);
  let missing = count;
  for (const position of near ?? []) {
    if (random.below(1000) < 1000 * NEAR_CHANGED) continue;
    isKept[position] = 1;
    missing--;
  }
  while (missing > 0) {
    const position = draw();
    missing -= 1 - isKept[position];
    isKept[position] = 1;
  }
  const positions = new Uint32Array(count);
  for (let i = 0, to = 0; i < n; i++) if (isKept[i] === 1) positions[to++] = i;
  return positions;
}
