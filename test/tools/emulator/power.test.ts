import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Client, type LocalWork } from '../../../firmware/federation/client.js';
import { localRound, type RoundWork } from '../../../firmware/federation/localround.js';
import { start } from '../../../firmware/main.js';
import { Random } from '../../../shared/fixed/random.js';
import { boardProfile } from '../../../shared/model/boards.js';
import { initialModel } from '../../../shared/model/initial.js';
import { layoutOf } from '../../../shared/model/layout.js';
import { sourceOf } from '../../../shared/model/model.js';
import { PRESETS, recipeOf } from '../../../shared/model/recipe.js';
import { planTraining } from '../../../shared/model/training.js';
import { encodeModel } from '../../../shared/protocol/model.js';
import type { Plan } from '../../../shared/protocol/plan.js';
import { EmulatedBoard } from '../../../tools/emulator/board.js';
import { NorChip, SECTOR_BYTES, TEARS } from '../../../tools/emulator/chip.js';
import { planFor, ScriptedServer } from '../../firmware/federation/server.js';
import { TestBroker, until } from '../../firmware/room.js';
import { DESCRIPTION, isSame, QUICK, SHARDS, TASK } from './digits.js';

const test = suite('power cuts');

const DEVICE = 'board-1';
const PROFILE = boardProfile('esp32');
const MODEL = initialModel(DESCRIPTION, 3);
const FRAME = encodeModel(MODEL);
const [EXAMPLES] = SHARDS;
const CHIP_BYTES = 16 * SECTOR_BYTES;

/** Lets a life of the board take so many steps of its round, and no more. */
class Gate {
  allowed = Number.POSITIVE_INFINITY;
  taken = 0;

  readonly work: LocalWork = function* (this: Gate, work: RoundWork) {
    this.taken = 0;
    const steps = localRound(work);
    for (;;) {
      while (this.taken >= this.allowed) yield PROFILE.sliceMacs;
      this.taken += 1;
      const { done, value } = steps.next();
      if (done === true) return value;
      yield value;
    }
  }.bind(this);
}

/** The update of the round without a board around it, and the steps that it takes. */
function computed(plan: Plan): { readonly update: Uint8Array; readonly steps: number } {
  const { sliceMacs } = PROFILE;
  const run = localRound({ plan, device: DEVICE, model: sourceOf(MODEL), examples: EXAMPLES, sliceMacs });
  for (let steps = 1; ; steps++) {
    const { done, value } = run.next();
    if (done === true) return { update: value.frame, steps };
  }
}

for (const preset of PRESETS) {
  test(`a board that loses power again and again in a round of ${preset} sends the bytes of one that does not`, async () => {
    const recipe = recipeOf(preset, 0.1, { rounds: 1 });
    const plan = planFor(FRAME, [DEVICE], planTraining(recipe, layoutOf(DESCRIPTION), 1));
    const { update, steps } = computed(plan);
    assert.ok(steps > 20, `${steps} steps`);
    const gate = new Gate();
    const broker = await TestBroker.open();
    const server = new ScriptedServer(broker);
    await server.model(FRAME);
    await server.plan(plan);
    const board = new EmulatedBoard({
      device: DEVICE,
      board: PROFILE.name,
      task: TASK,
      broker: broker.address,
      examples: EXAMPLES,
      seed: 1,
      log: { line: () => {} },
      partition: new NorChip(CHIP_BYTES),
      firmware: (ports) => {
        const client = new Client({ ports, settings: QUICK, profile: PROFILE, localWork: gate.work });
        client.start();
        return client;
      },
    });
    for (const allowed of [1, Math.floor(steps / 3), Math.floor(steps / 2), steps - 1]) {
      gate.allowed = allowed;
      gate.taken = 0;
      board.start();
      await until(`step ${allowed}`, () => gate.taken === allowed);
      board.kill();
    }
    assert.is(server.updates(DEVICE).length, 0);
    gate.allowed = Number.POSITIVE_INFINITY;
    board.start();
    await until('the update', () => server.updates(DEVICE).length > 0);
    assert.ok(isSame(server.updates(DEVICE)[0], update));
    assert.is(board.flash.wear.recordSaves, 1); // the model of its first life
    board.kill();
    await broker.close();
  });
}

test('a board that loses power in the middle of flash writes ends up with the same update', async () => {
  const plan = planFor(
    FRAME,
    [DEVICE],
    planTraining(recipeOf('sparrow', 0.1, { rounds: 1 }), layoutOf(DESCRIPTION), 1),
  );
  const { update } = computed(plan);
  const broker = await TestBroker.open();
  const server = new ScriptedServer(broker);
  await server.model(FRAME);
  await server.plan(plan);
  const chip = new NorChip(CHIP_BYTES);
  const board = new EmulatedBoard({
    device: DEVICE,
    board: PROFILE.name,
    task: TASK,
    broker: broker.address,
    examples: EXAMPLES,
    seed: 1,
    log: { line: () => {} },
    partition: chip,
    firmware: (ports) => start(ports, QUICK),
  });
  const record = FRAME.length + Math.ceil(FRAME.length / SECTOR_BYTES) + 1; // steps before its first byte
  for (const [life, steps] of [0, 17, 4097, FRAME.length - 1, record - 1, record, record + 60].entries()) {
    chip.cutAfter({ steps, tear: TEARS[life % TEARS.length], random: new Random(life) });
    board.start();
    await until(`power loss after ${steps} steps`, () => !chip.isOn);
    board.kill();
    chip.powerOn();
    assert.is(server.updates(DEVICE).length, 0);
  }
  board.start();
  await until('the update', () => server.updates(DEVICE).length > 0);
  assert.ok(isSame(server.updates(DEVICE)[0], update));
  assert.is(board.flash.wear.recordSaves, 1);
  board.kill();
  await broker.close();
});

test.run();
