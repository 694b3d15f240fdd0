/**
 * Rounds of one method on one model for a test stand, with what Node makes of them.
 * @module
 */
import { createHash } from 'node:crypto';
import { SyntheticExamples } from '../../../firmware/data/synthetic.js';
import { localRound } from '../../../firmware/federation/localround.js';
import { finish } from '../../../shared/masks/work.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import { initialModel } from '../../../shared/model/initial.js';
import { layoutOf } from '../../../shared/model/layout.js';
import { type MemoryNeed, memoryOf } from '../../../shared/model/memory.js';
import { sourceOf } from '../../../shared/model/model.js';
import { type PresetName, recipeOf } from '../../../shared/model/recipe.js';
import { planTraining, powerOf } from '../../../shared/model/training.js';
import { deviceHash } from '../../../shared/protocol/device.js';
import { frameCrc } from '../../../shared/protocol/frame.js';
import { encodeModel, hashFromBytes } from '../../../shared/protocol/model.js';
import type { Plan } from '../../../shared/protocol/plan.js';
import type { Stand } from '../../../tools/emulator/stand.js';
import { planFor } from '../../firmware/federation/server.js';

const DEVICE = 'xs';

export interface Task {
  readonly stand: Omit<Stand, 'engine' | 'board'>;
  readonly need: MemoryNeed;
  readonly expected: readonly Uint8Array[]; // updates, made on Node
}

export interface TaskOptions {
  readonly density: number;
  readonly batch: number;
  readonly examples: number;
  readonly rounds: number;
}

export function taskOf(
  description: ModelDescription,
  preset: PresetName,
  { density, batch, examples: count, rounds }: TaskOptions,
): Task {
  const recipe = recipeOf(preset, density, { batch, epochs: 1, holdBackEvery: 5 });
  const layout = layoutOf(description);
  const model = initialModel(description, 1, powerOf(recipe));
  const frame = encodeModel(model);
  const signed = description.input.type === 'int8';
  const examples = new SyntheticExamples(count, layout.inputs, layout.classes, 5, signed);
  const training = planTraining(recipe, layout, 1, model);
  const plans = Array.from(
    { length: rounds },
    (_, i): Plan => ({
      ...planFor(frame, [DEVICE], training),
      round: i + 1,
      cohort: { kind: 'list', devices: [deviceHash(DEVICE)] },
      modelCrc: frameCrc(frame),
      modelHash: hashFromBytes(createHash('sha256').update(frame).digest()),
    }),
  );
  const work = { device: DEVICE, model: sourceOf(model), examples, sliceMacs: 10_000 };
  return {
    stand: { device: DEVICE, examples, model: frame, plans },
    need: memoryOf(layout, batch, training.layers, count, training.method),
    expected: plans.map((plan) => finish(localRound({ ...work, plan })).frame),
  };
}
