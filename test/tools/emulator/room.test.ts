import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RunningBroker, startBroker } from '../../../broker/main.js';
import { SETTINGS } from '../../../firmware/federation/settings.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import { denseModel } from '../../../shared/model/zoo.js';
import { NO_MODEL } from '../../../shared/protocol/model.js';
import { decodeStatus } from '../../../shared/protocol/status.js';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { split } from '../../../tools/datasets/split.js';
import { deviceName, Room, type RoomOptions } from '../../../tools/emulator/room.js';
import { sleep, TestBroker, until } from '../../firmware/room.js';

const test = suite('room');
const TASK = 'digits';
const BOARDS = 6;
const ROUNDS = 3;
const { train } = loadDataset('digits');
const SHARDS = split(train, { partition: 'iid', clients: BOARDS, seed: 1 });
const QUICK = { ...SETTINGS, backoffFirstMs: 5, backoffMaxMs: 60, downloadMs: 300 };

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'room-'));
  folders.push(folder);
  return folder;
}
test.after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A broker whose rounds need every board, however long it takes. */
function openBroker(
  folder: string,
  onReport: (round: number, device: string) => void,
): Promise<RunningBroker> {
  const description = denseModel(
    TASK,
    { shape: train.shape, type: train.signed ? 'int8' : 'uint8', exp: train.inputExp },
    train.classes,
  );
  return startBroker(
    {
      task: TASK,
      taskSeed: 1,
      description,
      folder,
      host: '127.0.0.1',
      port: 0,
      recipe: recipeOf('sparrow', 0.1, { rounds: ROUNDS }),
      cohort: BOARDS,
      goal: BOARDS,
      minimum: BOARDS,
      deadlineMs: 0,
      gatherMs: 0,
      maxDevices: BOARDS,
    },
    { onEvent: (event) => event.kind === 'report' && onReport(event.round, event.device), log: () => {} },
  );
}

interface Run {
  readonly model: Uint8Array; // after the last round
  readonly lines: readonly string[]; // '<device> <text>'
  readonly room: Room;
}

/** A whole federation; `onReport` may disturb it. */
async function federate(
  changes: Partial<RoomOptions> = {},
  onReport: (room: Room, round: number, device: string) => void = () => {},
): Promise<Run> {
  const folder = newFolder();
  const lines: string[] = [];
  let room: Room | undefined;
  const broker = await openBroker(folder, (round, device) => room && onReport(room, round, device));
  room = new Room({
    broker: { host: '127.0.0.1', port: broker.port },
    task: TASK,
    board: 'esp32',
    shards: SHARDS,
    seed: 1,
    joinMs: 50,
    settings: QUICK,
    log: (device, text) => lines.push(`${device} ${text}`),
    ...changes,
  });
  room.start();
  await broker.finished;
  room.stop();
  await broker.close();
  return { model: readFileSync(join(folder, 'final.model')), lines, room };
}

let calm: Run | undefined;
/** The run that nothing disturbs, once for all tests. */
async function undisturbed(): Promise<Run> {
  calm ??= await federate();
  return calm;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

test('a room learns over real MQTT, each board downloads one model per round', async () => {
  const { room, lines } = await undisturbed();
  for (const { flash } of room.boards) {
    assert.is(flash.wear.erases, ROUNDS);
    assert.is(flash.wear.recordSaves, ROUNDS);
  }
  assert.not(
    lines.some((line) => /closed|dropped|failed/.test(line)),
    lines.join('\n'),
  );
  const { boards, rssBytesPerBoard, cpuMsPerBoard } = room.cost();
  assert.is(boards, BOARDS);
  assert.ok(rssBytesPerBoard >= 0 && cpuMsPerBoard > 0);
});

test('a network that breaks, refuses and delays gives the byte-identical model', async () => {
  const faults = { breakAfterBytes: { min: 3000, max: 20_000 }, refuseOf256: 60, delayMs: 3 };
  const { model, lines } = await federate({ faults });
  assert.ok(lines.filter((line) => /broken/.test(line)).length >= 5, lines.join('\n'));
  assert.ok(isSame(model, (await undisturbed()).model));
});

test('boards that lose power in mid-round give the byte-identical model', async () => {
  let kills = 0;
  const onReport = (room: Room, round: number, device: string) => {
    const victim = room.boards[(room.boards.findIndex((board) => board.device === device) + round) % BOARDS];
    if (!victim.isOn || kills >= 8) return;
    kills += 1;
    victim.kill();
    setTimeout(() => victim.start(), 5);
  };
  const { model } = await federate({}, onReport);
  assert.ok(kills >= 6, `${kills} kills`);
  assert.ok(isSame(model, (await undisturbed()).model));
});

test('boards of a folder come back with the model that they held', async () => {
  const flashFolder = newFolder();
  await federate({ flashFolder });
  const broker = await TestBroker.open();
  const room = new Room({
    broker: broker.address,
    task: TASK,
    board: 'esp32',
    shards: SHARDS,
    seed: 1,
    joinMs: 1,
    settings: QUICK,
    flashFolder,
  });
  room.start();
  await until('statuses', () => broker.seen.length === BOARDS);
  const statuses = broker.seen.map(({ payload }) => decodeStatus(payload));
  assert.ok(statuses.every(({ state, modelHash }) => state === 'ready' && modelHash !== NO_MODEL));
  assert.is(new Set(statuses.map(({ modelHash }) => modelHash)).size, 1);
  room.stop();
  await broker.close();
});

test('a room that is stopped before its boards have joined starts none', async () => {
  const room = new Room({
    broker: { host: '127.0.0.1', port: 1 },
    task: TASK,
    board: 'esp32',
    shards: SHARDS,
    seed: 1,
    joinMs: 20,
    settings: QUICK,
  });
  room.start();
  room.stop();
  await sleep(40);
  assert.not(room.boards.some((board) => board.isOn));
});

test('boards wait for a broker that is not there yet', async () => {
  const lines: string[] = [];
  const room = new Room({
    broker: { host: '127.0.0.1', port: 1 },
    task: TASK,
    board: 'esp32',
    shards: SHARDS.slice(0, 1),
    seed: 1,
    joinMs: 0,
    settings: QUICK,
    log: (device, text) => lines.push(`${device} ${text}`),
  });
  room.start();
  await until('four tries', () => lines.length >= 4);
  assert.ok(
    lines.every((line) => /^emu-0001 connection closed \(.*ECONNREFUSED.*\), next try in \d+ ms$/.test(line)),
  );
  room.stop();
});

test('an unknown board profile is refused before anything starts', () => {
  const options = { broker: { host: '127.0.0.1', port: 1 }, task: TASK, shards: SHARDS, seed: 1, joinMs: 0 };
  assert.throws(() => new Room({ ...options, board: 'esp8266' }), /board esp8266, expected esp32/);
});

test('names of boards are those of devices, in order', () => {
  assert.is(deviceName(0), 'emu-0001');
  assert.is(deviceName(9999), 'emu-10000');
});

test.run();
