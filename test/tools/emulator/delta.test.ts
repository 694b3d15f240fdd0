import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BrokerSettings } from '../../../broker/main.js';
import { start } from '../../../firmware/main.js';
import type { Flash, Ports } from '../../../firmware/ports/ports.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import { EmulatedBoard } from '../../../tools/emulator/board.js';
import { deviceName } from '../../../tools/emulator/room.js';
import { Folders } from '../../broker/folder.js';
import { BrokerProcess } from '../../broker/process.js';
import {
  BOARDS,
  digitsSettings,
  ended,
  finalModel,
  isSame,
  openDigits,
  QUICK,
  SHARDS,
  TASK,
} from './digits.js';

const test = suite('room with deltas');

const ROUNDS = 4;
/** Patient: on a busy machine a delta is late, and a board that gave it up is no less right. */
const PATIENT = { ...QUICK, downloadMs: 60_000 };
const folders = new Folders();
test.after(() => folders.remove());

const settingsOf = (changes: Partial<BrokerSettings> = {}) =>
  digitsSettings(folders.make(), { recipe: recipeOf('sparrow', 0.1, { rounds: ROUNDS }), ...changes });

/** Flash without room for anything behind a model: its board takes every model whole. */
function tight(flash: Flash, slotBytes: number): Flash {
  return {
    slotBytes,
    erase: (slot) => flash.erase(slot),
    write: (slot, offset, bytes) => flash.write(slot, offset, bytes),
    read: (slot, offset, out) => flash.read(slot, offset, out),
    loadRecord: () => flash.loadRecord(),
    saveRecord: (bytes) => flash.saveRecord(bytes),
  };
}

/** Boards on the broker of this port, on; what they say comes to `lines`. */
function boardsOf(port: number, lines: string[], host: (ports: Ports) => Ports = (ports) => ports) {
  return SHARDS.map((examples, i) => {
    const board = new EmulatedBoard({
      ...{ device: deviceName(i), board: 'esp32', task: TASK, examples, seed: i },
      broker: { host: '127.0.0.1', port },
      firmware: (ports) => start(host(ports), PATIENT),
      log: { line: (text) => lines.push(text) },
    });
    board.start();
    return board;
  });
}

interface Run {
  readonly model: Uint8Array;
  readonly bytesDown: readonly number[]; // of each round
  readonly lines: readonly string[];
}

async function federate(settings: BrokerSettings, host?: (ports: Ports) => Ports): Promise<Run> {
  const lines: string[] = [];
  const bytesDown: number[] = [];
  const broker = await openDigits(settings, (event) => {
    if (event.kind === 'committed') bytesDown.push(event.bytesDown);
  });
  const boards = boardsOf(broker.port, lines, host);
  try {
    await ended(broker, () => lines);
  } finally {
    for (const board of boards) board.stop();
    await broker.close();
  }
  return { model: finalModel(settings.folder), bytesDown, lines };
}

let calm: Run | undefined;
async function withDeltas(): Promise<Run> {
  calm ??= await federate(settingsOf());
  return calm;
}

test('boards that take deltas and boards that take whole models end with the same bytes', async () => {
  const deltas = await withDeltas();
  const { length } = deltas.model;
  const whole = await federate(settingsOf(), (ports) => ({ ...ports, flash: tight(ports.flash, length) }));
  assert.ok(isSame(deltas.model, whole.model));
  assert.not(deltas.lines.some((line) => line.startsWith('delta not used')));
  const refused = whole.lines.filter((line) => /delta not used: .* expected at most \d+: a slot/.test(line));
  assert.is(refused.length, BOARDS * (ROUNDS - 1));
  for (let round = 1; round < ROUNDS; round++) {
    const saved = whole.bytesDown[round] - deltas.bytesDown[round];
    assert.ok(saved > (BOARDS * length) / 2, `${saved} bytes saved in round ${round + 1}`);
  }
});

test('a broker killed between commit and delta gives the delta in its next life', async () => {
  const settings = settingsOf();
  let broker = await BrokerProcess.start(settings, { kind: 'committed', count: 2 });
  const { port } = broker;
  const lines: string[] = [];
  const boards = boardsOf(port, lines);
  try {
    await broker.ended();
    broker = await BrokerProcess.start({ ...settings, port });
    await broker.says((said) => said.includes('finished'), 'the end');
  } finally {
    for (const board of boards) board.stop();
    await broker.kill();
  }
  assert.ok(isSame(finalModel(settings.folder), (await withDeltas()).model));
  assert.not(
    lines.some((line) => line.startsWith('delta not used')),
    lines.join('\n'),
  );
  // one model and four deltas: a board that took a whole model erases as often, but not for a delta first
  assert.ok(boards.every(({ flash }) => flash.wear.erases === ROUNDS));
});

test.run();
