/**
 * A small task for broker tests, and a trainer that is none: updates are valid frames of small
 * pseudo-random deltas, a pure function of plan and device as a real one's are.
 */

import { referenceOf } from '../../broker/rounds/reference.js';
import type { RoundSettings } from '../../broker/rounds/settings.js';
import { mix, Random } from '../../shared/fixed/random.js';
import type { ModelDescription } from '../../shared/model/description.js';
import { initialModel } from '../../shared/model/initial.js';
import type { Model } from '../../shared/model/model.js';
import { type Recipe, recipeOf } from '../../shared/model/recipe.js';
import { deviceHash } from '../../shared/protocol/device.js';
import type { Plan } from '../../shared/protocol/plan.js';
import { type DeviceState, encodeStatus } from '../../shared/protocol/status.js';
import { encodeUpdate, type Update } from '../../shared/protocol/update.js';

export const description: ModelDescription = {
  name: 'tiny',
  input: { shape: [2, 4], type: 'uint8', exp: -8 },
  layers: [
    { kind: 'dense', units: 6 },
    { kind: 'dense', units: 3 },
  ],
};

export const TASK_SEED = 7;

export function firstModel(): Model {
  return initialModel(description, TASK_SEED);
}

export function recipe(changes: Partial<Recipe> = {}): Recipe {
  return recipeOf('sparrow', 0.5, { rounds: 3, ...changes });
}

/** Fixed cohort, goal = cohort, no deadline, unless changed. */
export function roundSettings(boards: number, changes: Partial<RoundSettings> = {}): RoundSettings {
  return {
    taskSeed: TASK_SEED,
    recipe: recipe(),
    cohort: boards,
    goal: boards,
    minimum: boards,
    deadlineMs: 0,
    gatherMs: 0,
    maxDevices: 100,
    ...changes,
  };
}

export function devices(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `board-${String(i).padStart(3, '0')}`);
}

export function statusFrame(state: DeviceState, modelHash = '0000000000000000', examples = 40): Uint8Array {
  return encodeStatus({
    state,
    round: 0,
    firmware: 1,
    board: 'esp32',
    freeBytes: 90_000,
    examples,
    modelHash,
  });
}

/** What `device` would send under `plan`, with `changes` for a board that errs. */
export function updateFrame(
  plan: Plan,
  base: Model,
  device: string,
  changes: Partial<Update> = {},
): Uint8Array {
  const random = new Random([plan.round, plan.attempt, deviceHash(device)].reduce(mix, plan.taskSeed));
  const layers = base.head.layout.layers.map(({ index, weights, outputs }) => {
    const { sent } = plan.layers[index];
    return {
      positions: sent === weights.length ? ('all' as const) : somePositions(random, weights.length, sent),
      values: Int16Array.from({ length: sent }, () => random.below(201) - 100),
      shift: random.below(2),
      biases: Int16Array.from({ length: outputs }, () => random.below(201) - 100),
      biasShift: 0,
    };
  });
  const update: Update = {
    device,
    round: plan.round,
    attempt: plan.attempt,
    baseHash: plan.modelHash,
    examples: 10 + random.below(50),
    loss: 1024,
    heldBack: 4,
    correct: 3,
    macs: 50_000,
    valueBits: 16,
    layers,
    ...changes,
  };
  return encodeUpdate(update, base.head.layout, referenceOf(base, plan));
}

function somePositions(random: Random, n: number, count: number): Uint32Array {
  const all = Array.from({ length: n }, (_, i) => i);
  while (all.length > count) all.splice(random.below(all.length), 1);
  return Uint32Array.from(all);
}
