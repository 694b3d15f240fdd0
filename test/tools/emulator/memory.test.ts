import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SyntheticExamples } from '../../../firmware/data/synthetic.js';
import { localRound } from '../../../firmware/federation/localround.js';
import { finish } from '../../../shared/masks/work.js';
import { boardProfile } from '../../../shared/model/boards.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import { engineBytes, heapOf, SLOT_BYTES, STACK_SLOTS } from '../../../shared/model/heap.js';
import { initialModel } from '../../../shared/model/initial.js';
import { layoutOf } from '../../../shared/model/layout.js';
import { checkMemory, type MemoryNeed, memoryOf } from '../../../shared/model/memory.js';
import { sourceOf } from '../../../shared/model/model.js';
import { PRESETS, type PresetName, recipeOf } from '../../../shared/model/recipe.js';
import { planTraining, powerOf } from '../../../shared/model/training.js';
import { deviceHash } from '../../../shared/protocol/device.js';
import { frameCrc } from '../../../shared/protocol/frame.js';
import { encodeModel, hashFromBytes } from '../../../shared/protocol/model.js';
import type { Plan } from '../../../shared/protocol/plan.js';
import { ZOO } from '../../../tools/datasets/zoo.js';
import { runStand, type Stand, type StandResult } from '../../../tools/emulator/stand.js';
import type { XsEngineFiles } from '../../../tools/emulator/xsboard.js';
import { xsFiles } from '../../../tools/emulator/xsfiles.js';
import { skip } from '../../../tools/test/skip.js';
import { compiles, missingForHost } from '../../../tools/xs/build.js';
import { planFor } from '../../firmware/federation/server.js';

const test = suite('memory of a board');

const DEVICE = 'xs';
const EXAMPLES = 10;
const BATCH = 8;
const AMPLE = { chunkBytes: 2 ** 22, slots: 2 ** 16, sumBytes: 2 ** 24, stackSlots: STACK_SLOTS };

interface Task {
  readonly stand: Omit<Stand, 'engine' | 'board'>;
  readonly need: MemoryNeed;
  readonly expected: readonly Uint8Array[]; // updates, made on Node
}

/** Rounds of one method on one model. */
function taskOf(description: ModelDescription, preset: PresetName, rounds: number): Task {
  const recipe = recipeOf(preset, 0.05, { batch: BATCH, epochs: 1, holdBackEvery: 5 });
  const layout = layoutOf(description);
  const model = initialModel(description, 1, powerOf(recipe));
  const frame = encodeModel(model);
  const signed = description.input.type === 'int8';
  const examples = new SyntheticExamples(EXAMPLES, layout.inputs, layout.classes, 5, signed);
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
    need: memoryOf(layout, BATCH, training.layers, EXAMPLES, training.method),
    expected: plans.map((plan) => finish(localRound({ ...work, plan })).frame),
  };
}

/** A network for digits of one hidden layer; 32 units are a size. */
function ofSize(size: number): ModelDescription {
  const input = { shape: [8, 8], type: 'uint8', exp: -4 } as const;
  const layers = [32 * size, 10].map((units) => ({ kind: 'dense', units }) as const);
  return { name: 'sized', input, layers };
}

const ESP32 = boardProfile('esp32');
/** Its budget lets everything here pass, so that only the heap can say no. */
const UNBOUNDED = 'esp32-s3-psram';

const missing = missingForHost();
if (missing !== undefined) skip('c', missing);
else if (!compiles(32)) skip('multilib', 'the compiler makes no 32-bit programs (gcc-multilib)');
else {
  let engine: XsEngineFiles;
  test.before(async () => {
    engine = await xsFiles(console.log);
  });
  const run = (task: Task, board: string, options: Partial<Stand>): Promise<StandResult> =>
    runStand({ engine, board, ...task.stand, ...options });

  for (const description of ZOO) {
    test(`${description.name}: the sum of its RAM is within 5 % of what XS needs, for every method`, async () => {
      for (const preset of PRESETS) {
        const task = taskOf(description, preset, 1);
        const { memory, ended } = await run(task, UNBOUNDED, { tight: true, limits: AMPLE });
        assert.is(ended, undefined, `${preset}: ${ended}`);
        const measured = memory!.chunkPeak + memory!.slotPeak;
        const { chunks, slots } = engineBytes(layoutOf(description).layers.length);
        const predicted = task.need.bytes + chunks + slots + SLOT_BYTES * STACK_SLOTS;
        const error = (100 * (predicted - measured)) / measured;
        console.log(
          `${description.name} ${preset}: predicted ${predicted} B, measured ${measured} B, ${error.toFixed(1)} %`,
        );
        assert.ok(Math.abs(error) <= 5, `${preset}: predicted ${predicted}, measured ${measured}`);
      }
    });
  }

  let most = 1;
  while (taskOf(ofSize(most + 1), 'dense', 0).need.bytes <= ESP32.ramBytes) most++;

  test('the largest model that fits an esp32 trains 10 rounds in its heap', async () => {
    const task = taskOf(ofSize(most), 'dense', 10);
    const { updates, lines, ended, memory } = await run(task, 'esp32', { limits: heapOf(ESP32) });
    assert.is(ended, undefined);
    assert.equal(lines, []);
    assert.is(updates.length, 10);
    assert.ok(updates.every((update, i) => Buffer.from(update).equals(task.expected[i])));
    assert.ok(memory!.free > 0 && memory!.chunkPeak <= heapOf(ESP32).chunkBytes);
  });

  test('one size more is refused with the sum that shows why', async () => {
    const task = taskOf(ofSize(most + 1), 'dense', 1);
    let refusal = '';
    try {
      checkMemory(task.need, ESP32);
    } catch (error) {
      refusal = (error as Error).message;
    }
    assert.match(refusal, /^board esp32 has 110000 B, the model needs 1[12]\d{4} B = parameters /);
    const { updates, lines, ended } = await run(task, 'esp32', { limits: heapOf(ESP32) });
    assert.is(ended, undefined);
    assert.equal(updates, []);
    assert.equal(lines, [`round 1 failed: RangeError ${refusal}`]);
  });

  test('where nothing refuses it, the engine runs out of memory: what was asked, what was left, who holds it', async () => {
    const task = taskOf(ofSize(most + 1), 'dense', 1);
    const { updates, ended = '' } = await run(task, UNBOUNDED, { limits: heapOf(ESP32) });
    assert.equal(updates, []);
    console.log(ended);
    assert.match(
      ended,
      /^out of memory: asked for a chunk of \d+ B; chunks hold \d+ of \d+ B, slots \d+ of \d+ B/,
    );
    assert.match(ended, /largest: ArrayBuffer \w+ \d+ B, .*\d+ slots \d+ B, stack 10240 B$/);
  });

  test('a C3 shares one pool between chunks and slots, and its largest model fits', async () => {
    const profile = boardProfile('esp32-c3');
    let size = 1;
    while (taskOf(ofSize(size + 1), 'dense', 0).need.bytes <= profile.ramBytes) size++;
    const task = taskOf(ofSize(size), 'dense', 3);
    const { updates, ended, memory } = await run(task, profile.name, { limits: heapOf(profile) });
    assert.is(ended, undefined);
    assert.is(updates.length, 3);
    assert.ok(memory!.chunkPeak + memory!.slotPeak <= heapOf(profile).sumBytes);
  });
}

test.run();
