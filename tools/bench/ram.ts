/**
 * The RAM of a round: the sum that a server reckons with, and the peak of the whole firmware on XS with a
 * board's slots, measured where nothing is reserved before it is needed.
 * @module
 */
import { createHash } from 'node:crypto';
import { SyntheticExamples } from '../../firmware/data/synthetic.js';
import { STACK_SLOTS } from '../../shared/model/heap.js';
import { initialModel } from '../../shared/model/initial.js';
import { memoryOf } from '../../shared/model/memory.js';
import { recipeOf } from '../../shared/model/recipe.js';
import { planTraining, powerOf } from '../../shared/model/training.js';
import { deviceHash } from '../../shared/protocol/device.js';
import { frameCrc } from '../../shared/protocol/frame.js';
import { encodeModel, hashFromBytes } from '../../shared/protocol/model.js';
import type { Plan } from '../../shared/protocol/plan.js';
import { runStand } from '../emulator/stand.js';
import type { XsEngineFiles } from '../emulator/xsboard.js';
import type { Measured } from './measured.js';
import { type Case, MODELS } from './training/case.js';

const DEVICE = 'bench';
const EXAMPLES = 80;
const LIMITS = { chunkBytes: 2 ** 22, slots: 2 ** 16, sumBytes: 2 ** 24, stackSlots: STACK_SLOTS };

/**
 * @param engine of 32 bits
 * @returns bytes; parts: buffers of training and of the update after it, as reckoned, and what engine and client take
 * @throws Error when the round failed
 */
export async function measureRam(engine: XsEngineFiles, subject: Case): Promise<Measured> {
  const { model: name, preset, density, batch } = subject;
  const description = MODELS[name];
  const recipe = recipeOf(preset, density, { batch });
  const model = initialModel(description, 1, powerOf(recipe));
  const { layout } = model.head;
  const training = planTraining(recipe, layout, 1, model);
  const frame = encodeModel(model);
  const plan: Plan = {
    ...{ federation: 0, taskSeed: 1, round: 1, attempt: 1, deadlineMs: 0, ...training },
    modelHash: hashFromBytes(createHash('sha256').update(frame).digest()),
    modelCrc: frameCrc(frame),
    cohort: { kind: 'list', devices: [deviceHash(DEVICE)] },
  };
  const { classes, inputs } = layout;
  const { lines, ended, memory } = await runStand({
    ...{ engine, limits: LIMITS, tight: true, device: DEVICE, board: 'esp32-s3-psram', model: frame },
    examples: new SyntheticExamples(EXAMPLES, inputs, classes, 5, description.input.type === 'int8'),
    plans: [plan],
  });
  if (memory === undefined || lines.length > 0) throw new Error(ended ?? lines.join('\n'));
  const value = memory.chunkPeak + memory.slotPeak;
  const need = memoryOf(layout, batch, training.layers, EXAMPLES, training.method);
  const update = need.rows.find((row) => row.name === 'update')?.bytes ?? 0;
  return { value, parts: { training: need.bytes - update, update, engine: value - need.bytes } };
}
