import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boardProfile } from '../../../shared/model/boards.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import { engineBytes, heapOf, SLOT_BYTES, STACK_SLOTS } from '../../../shared/model/heap.js';
import { layoutOf } from '../../../shared/model/layout.js';
import { checkMemory } from '../../../shared/model/memory.js';
import { PRESETS, type PresetName } from '../../../shared/model/recipe.js';
import { ZOO } from '../../../tools/datasets/zoo.js';
import { runStand, type Stand, type StandResult } from '../../../tools/emulator/stand.js';
import type { XsEngineFiles } from '../../../tools/emulator/xsboard.js';
import { xsFiles } from '../../../tools/emulator/xsfiles.js';
import { told } from '../../../tools/test/hook.js';
import { skip } from '../../../tools/test/skip.js';
import { compiles, missingForHost } from '../../../tools/xs/build.js';
import { type Task, taskOf } from './task.js';

const test = suite('memory of a board');

const AMPLE = { chunkBytes: 2 ** 22, slots: 2 ** 16, sumBytes: 2 ** 24, stackSlots: STACK_SLOTS };

function roundsOf(description: ModelDescription, preset: PresetName, rounds: number): Task {
  return taskOf(description, preset, { density: 0.05, batch: 8, examples: 10, rounds });
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
  test.before(
    told(async () => {
      engine = await xsFiles(console.log);
    }),
  );
  const run = (task: Task, board: string, options: Partial<Stand>): Promise<StandResult> =>
    runStand({ engine, board, ...task.stand, ...options });

  for (const description of ZOO) {
    test(`${description.name}: the sum of its RAM is within 5 % of what XS needs, for every method`, async () => {
      for (const preset of PRESETS) {
        const task = roundsOf(description, preset, 1);
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
  while (roundsOf(ofSize(most + 1), 'dense', 0).need.bytes <= ESP32.ramBytes) most++;

  test('the largest model that fits an esp32 trains 10 rounds in its heap', async () => {
    const task = roundsOf(ofSize(most), 'dense', 10);
    const { updates, lines, ended, memory } = await run(task, 'esp32', { limits: heapOf(ESP32) });
    assert.is(ended, undefined);
    assert.equal(lines, []);
    assert.is(updates.length, 10);
    assert.ok(updates.every((update, i) => Buffer.from(update).equals(task.expected[i])));
    assert.ok(memory!.free > 0 && memory!.chunkPeak <= heapOf(ESP32).chunkBytes);
  });

  test('one size more is refused with the sum that shows why', async () => {
    const task = roundsOf(ofSize(most + 1), 'dense', 1);
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
    const task = roundsOf(ofSize(most + 1), 'dense', 1);
    const { updates, ended = '' } = await run(task, UNBOUNDED, { limits: heapOf(ESP32) });
    assert.equal(updates, []);
    console.log(ended);
    assert.match(
      ended,
      /^out of memory: asked for a chunk of \d+ B; chunks hold \d+ of \d+ B, slots \d+ of \d+ B/,
    );
    assert.match(ended, /largest: ArrayBuffer #?\w+ \d+ B, .*\d+ slots \d+ B, stack 10240 B$/);
  });

  test('a C3 shares one pool between chunks and slots, and its largest model fits', async () => {
    const profile = boardProfile('esp32-c3');
    let size = 1;
    while (roundsOf(ofSize(size + 1), 'dense', 0).need.bytes <= profile.ramBytes) size++;
    const task = roundsOf(ofSize(size), 'dense', 3);
    const { updates, ended, memory } = await run(task, profile.name, { limits: heapOf(profile) });
    assert.is(ended, undefined);
    assert.is(updates.length, 3);
    assert.ok(memory!.chunkPeak + memory!.slotPeak <= heapOf(profile).sumBytes);
  });
}

test.run();
