import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Client, type LocalWork } from '../../../firmware/federation/client.js';
import { SETTINGS, type Settings } from '../../../firmware/federation/settings.js';
import { mix } from '../../../shared/fixed/random.js';
import type { BoardProfile } from '../../../shared/model/boards.js';
import { deviceHash } from '../../../shared/protocol/device.js';
import { decodeMetrics } from '../../../shared/protocol/metrics.js';
import { NO_MODEL } from '../../../shared/protocol/model.js';
import type { Plan } from '../../../shared/protocol/plan.js';
import { deviceTopic, taskTopic } from '../../../shared/protocol/topics.js';
import { EmulatedBoard } from '../../../tools/emulator/board.js';
import type { Faults } from '../../../tools/emulator/faults.js';
import { sleep, TestBroker, until } from '../room.js';
import { examplesOf, hashOf, modelFrame, planFor, ScriptedServer, TASK } from './server.js';

const test = suite('client');
const DEVICE = 'board-1';
const PATIENT_MS = 60_000; // on a busy machine a model is late, too
const HASTY_MS = 60;
const QUICK: Settings = { ...SETTINGS, backoffFirstMs: 5, backoffMaxMs: 40, downloadMs: PATIENT_MS };
const MODEL = modelFrame(1);
const NEXT = modelFrame(2);
const UPDATE_BYTES = 3000;

/** Steps that a test lets pass one by one, or all. */
class Gate {
  allowed = Number.POSITIVE_INFINITY;
  taken = 0;
}

/** Stands in for training: quick, sliced, and a function of its work alone. */
function workThrough(gate: Gate): LocalWork {
  return function* ({ plan, device, model, examples }) {
    let hash = mix(mix(mix(plan.taskSeed, deviceHash(device)), plan.round), plan.attempt);
    const features = new Uint8Array(examples.features);
    const bytes = new Uint8Array(256);
    for (let at = 0; at + bytes.length <= model.head.layout.parameterBytes; at += bytes.length) {
      while (gate.taken >= gate.allowed) yield 1000;
      gate.taken += 1;
      model.readParameters(at, bytes);
      const label = examples.read(at % examples.count, features);
      for (const byte of bytes) hash = mix(hash, byte + label);
      yield 1000;
    }
    const frame = Uint8Array.from({ length: UPDATE_BYTES }, (_, i) => mix(hash, i));
    return { frame, loss: 1, macs: 14_000, examples: examples.count };
  };
}

/** A broker, a scripted server and boards on it. */
class Room {
  readonly gate = new Gate();
  readonly lines: string[] = [];
  readonly broker: TestBroker;
  readonly server: ScriptedServer;
  readonly boards: EmulatedBoard[] = [];
  profile: BoardProfile = { name: 'esp32', ramBytes: 110_000, sliceMacs: 1000 };
  downloadMs = PATIENT_MS;
  #client: Client | undefined;

  constructor(broker: TestBroker) {
    this.broker = broker;
    this.server = new ScriptedServer(broker);
  }

  static async open(): Promise<Room> {
    return new Room(await TestBroker.open());
  }

  /** The client of the board that was started last. */
  get client(): Client {
    return this.#client!;
  }

  board(device = DEVICE, faults: Faults = { seed: 1 }, localWork = workThrough(this.gate)): EmulatedBoard {
    const board = new EmulatedBoard({
      device,
      board: 'esp32',
      task: TASK,
      broker: this.broker.address,
      examples: examplesOf(deviceHash(device) % 100),
      seed: 5,
      faults,
      log: { line: (text) => this.lines.push(text) },
      firmware: (ports) => {
        const settings = { ...QUICK, downloadMs: this.downloadMs };
        const client = new Client({ ports, settings, profile: this.profile, localWork });
        this.#client = client;
        client.start();
        return client;
      },
    });
    this.boards.push(board);
    board.start();
    return board;
  }

  states(device = DEVICE): string {
    return this.server.states(device);
  }

  async updates(count: number, device = DEVICE): Promise<Uint8Array[]> {
    await until(`${count} updates of ${device}`, () => this.server.updates(device).length >= count);
    return this.server.updates(device);
  }

  async is(state: Client['state']): Promise<void> {
    await until(`client ${state}`, () => this.client.state === state);
  }

  async close(): Promise<void> {
    for (const board of this.boards) board.kill();
    await this.broker.close();
  }
}

/** The update that a board sends when nothing disturbs it. */
async function undisturbed(plan: Plan, frame: Uint8Array): Promise<Uint8Array> {
  const room = await Room.open();
  await room.server.model(frame);
  await room.server.plan(plan);
  room.board();
  const [update] = await room.updates(1);
  await room.close();
  return update;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

const PLAN = planFor(MODEL, [DEVICE]);

test('a board joins, fetches the model, trains, reports and is done', async () => {
  const room = await Room.open();
  room.board();
  await until('ready', () => room.states() === 'ready');
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  const [update] = await room.updates(1);
  assert.is(update.length, UPDATE_BYTES);
  assert.is(room.client.state, 'reporting');
  await room.server.verdict(DEVICE, PLAN, 'accepted');
  await until('done', () => room.states() === 'ready joining training done');
  const [ready, , training] = room.server.statuses(DEVICE);
  assert.is(ready.modelHash, NO_MODEL);
  assert.is(training.modelHash, hashOf(MODEL));
  assert.is(training.round, 1);
  assert.is(training.board, 'esp32');
  assert.is(training.examples, 40);
  const [metrics] = room.broker
    .on(deviceTopic('metrics', TASK, DEVICE))
    .map(({ payload }) => decodeMetrics(payload));
  assert.is(metrics.macs, 14_000);
  assert.ok(metrics.slices >= 14, `${metrics.slices} slices`);
  assert.ok(metrics.bytesUp > UPDATE_BYTES && metrics.bytesUp < UPDATE_BYTES + 400, `${metrics.bytesUp} up`);
  assert.ok(
    metrics.bytesDown > MODEL.length && metrics.bytesDown < MODEL.length + 400,
    `${metrics.bytesDown} down`,
  );
  assert.is(room.server.modelRequests(DEVICE), 1);
  await room.close();
});

test('a board that is not in the cohort waits and fetches nothing', async () => {
  const room = await Room.open();
  await room.server.model(MODEL);
  await room.server.plan(planFor(MODEL, ['board-2', 'board-3']));
  room.board();
  await until('ready', () => room.states() === 'ready');
  await sleep(50);
  assert.is(room.client.state, 'waiting');
  assert.is(room.server.modelRequests(DEVICE), 0);
  assert.is(room.server.updates(DEVICE).length, 0);
  await room.close();
});

test('the next round with the same model needs no download, with another it does', async () => {
  const room = await Room.open();
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  room.board();
  await room.updates(1);
  await room.server.verdict(DEVICE, PLAN, 'accepted');
  await room.server.plan(planFor(MODEL, [DEVICE], { round: 2 }));
  await room.updates(2);
  assert.is(room.server.modelRequests(DEVICE), 1);
  await room.server.model(NEXT);
  await room.server.plan(planFor(NEXT, [DEVICE], { round: 3 }));
  const updates = await room.updates(3);
  assert.is(room.server.modelRequests(DEVICE), 2);
  assert.not(isSame(updates[1], updates[2]));
  await room.close();
});

test('a repeated plan changes nothing, in training, in reporting and when done', async () => {
  const room = await Room.open();
  room.gate.allowed = 3;
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  room.board();
  await until('training', () => room.gate.taken === 3);
  await room.server.plan(PLAN);
  await sleep(20);
  room.gate.allowed = Number.POSITIVE_INFINITY;
  await room.updates(1);
  const steps = room.gate.taken;
  await room.server.plan(PLAN);
  await sleep(20);
  await room.server.verdict(DEVICE, PLAN, 'accepted');
  await room.is('done');
  await room.server.plan(PLAN);
  await sleep(20);
  assert.is(room.client.state, 'done');
  assert.is(room.gate.taken, steps);
  assert.is(room.server.updates(DEVICE).length, 1);
  await room.close();
});

test('a newer plan in mid-training drops the stale work', async () => {
  const room = await Room.open();
  room.gate.allowed = 3;
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  room.board();
  await until('training', () => room.gate.taken === 3);
  const plan = planFor(NEXT, [DEVICE], { round: 2 });
  await room.server.model(NEXT);
  await room.server.plan(plan);
  await until('the new model', () => room.server.modelRequests(DEVICE) === 2);
  room.gate.allowed = Number.POSITIVE_INFINITY;
  const [update] = await room.updates(1);
  await sleep(30);
  assert.is(room.server.updates(DEVICE).length, 1);
  assert.ok(isSame(update, await undisturbed(plan, NEXT)));
  await room.close();
});

test('the next attempt of a round is trained anew, and gives other bytes', async () => {
  const room = await Room.open();
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  room.board();
  await room.updates(1);
  await room.server.plan(planFor(MODEL, [DEVICE], { attempt: 2 }));
  const [first, second] = await room.updates(2);
  assert.not(isSame(first, second));
  await room.server.verdict(DEVICE, PLAN, 'wrong attempt', first); // late
  await sleep(20);
  assert.is(room.client.state, 'reporting');
  await room.close();
});

/** Of a new federation, which counts from 1 again, with other settings. */
const ANEW = planFor(MODEL, [DEVICE], { federation: 2, taskSeed: 99 });

test('a late refusal of an earlier federation does not end the training for a new one', async () => {
  const room = await Room.open();
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  room.board();
  await room.updates(1);
  room.gate.allowed = room.gate.taken + 3;
  await room.server.plan(ANEW);
  await until('training', () => room.gate.taken === room.gate.allowed);
  await room.server.verdict(DEVICE, ANEW, 'wrong round');
  await until('heard', () => room.lines.includes('round 1 attempt 1: wrong round'));
  assert.is(room.client.state, 'training');
  room.gate.allowed = Number.POSITIVE_INFINITY;
  const [, update] = await room.updates(2);
  assert.ok(isSame(update, await undisturbed(ANEW, MODEL)));
  await room.server.verdict(DEVICE, ANEW, 'accepted');
  await room.is('done');
  await room.close();
});

test('a verdict on an update of an earlier federation is none on that of a new one', async () => {
  const room = await Room.open();
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  room.board();
  await room.updates(1);
  await room.server.plan(ANEW);
  const [first, second] = await room.updates(2);
  for (const kind of ['wrong round', 'accepted'] as const) {
    await room.server.verdict(DEVICE, ANEW, kind, first);
    await until(kind, () => room.lines.includes(`round 1 attempt 1: ${kind}`));
    assert.is(room.client.state, 'reporting');
  }
  await room.server.verdict(DEVICE, ANEW, 'duplicate', second);
  await room.is('done');
  await room.close();
});

test('an update of an earlier life that is counted already ends the training', async () => {
  const room = await Room.open();
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  const board = room.board();
  const [first] = await room.updates(1);
  room.gate.allowed = room.gate.taken + 3;
  board.restart();
  await until('training', () => room.gate.taken === room.gate.allowed);
  await room.server.verdict(DEVICE, PLAN, 'accepted', first);
  await room.is('done');
  assert.is(room.server.updates(DEVICE).length, 1);
  await room.close();
});

test('a plan that leaves the board out ends its work', async () => {
  const room = await Room.open();
  room.gate.allowed = 3;
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  room.board();
  await until('training', () => room.gate.taken === 3);
  await room.server.plan(planFor(MODEL, ['board-2'], { round: 2 }));
  await until('ready again', () => room.states() === 'ready joining training ready');
  room.gate.allowed = Number.POSITIVE_INFINITY;
  await sleep(30);
  assert.is(room.server.updates(DEVICE).length, 0);
  await room.close();
});

test('training goes on while the connection is lost, and the report follows', async () => {
  const room = await Room.open();
  room.gate.allowed = 3;
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  const board = room.board();
  await until('training', () => room.gate.taken === 3);
  board.network.refuse(3);
  room.broker.cut();
  room.gate.allowed = Number.POSITIVE_INFINITY;
  await room.is('reporting');
  const steps = room.gate.taken;
  const [update] = await room.updates(1);
  assert.is(room.gate.taken, steps);
  assert.ok(isSame(update, await undisturbed(PLAN, MODEL)));
  await room.server.verdict(DEVICE, PLAN, 'accepted');
  await room.is('done');
  await room.close();
});

test('an update whose acknowledgement was lost is sent again, and duplicate is success', async () => {
  const room = await Room.open();
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  room.broker.onMessage = ({ topic }) => topic !== deviceTopic('update', TASK, DEVICE);
  room.board();
  await room.updates(1);
  room.broker.onMessage = () => true;
  room.broker.cut();
  const [first, again] = await room.updates(2);
  assert.ok(isSame(first, again));
  await room.server.verdict(DEVICE, PLAN, 'duplicate');
  await until('done', () => room.states().endsWith('done'));
  room.broker.cut();
  await until('back', () => room.states().endsWith('done gone done'));
  assert.is(room.server.updates(DEVICE).length, 2);
  await room.close();
});

test('after a reconnect a newer retained plan replaces the work of the old one', async () => {
  const room = await Room.open();
  room.gate.allowed = 3;
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  const board = room.board();
  await until('training', () => room.gate.taken === 3);
  board.network.refuse(2);
  room.broker.cut();
  const plan = planFor(NEXT, [DEVICE], { round: 4 });
  await room.server.model(NEXT);
  await room.server.plan(plan);
  await until('the new model', () => room.server.modelRequests(DEVICE) === 2);
  room.gate.allowed = Number.POSITIVE_INFINITY;
  const [update] = await room.updates(1);
  assert.ok(isSame(update, await undisturbed(plan, NEXT)));
  await room.close();
});

test('a refusal ends the work of the round, and the board is ready', async () => {
  const room = await Room.open();
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  room.board();
  await room.updates(1);
  await room.server.verdict(DEVICE, PLAN, 'round closed');
  await until('ready', () => room.states().endsWith('training ready'));
  room.broker.cut();
  await until('back', () => room.states().endsWith('ready gone ready'));
  await sleep(20);
  assert.is(room.server.updates(DEVICE).length, 1);
  assert.ok(room.lines.includes('round 1 attempt 1: round closed'));
  await room.close();
});

test('an update that arrived damaged is sent again, and again, but not for ever', async () => {
  const room = await Room.open();
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  room.board();
  const unreadable = { ...PLAN, round: 0, attempt: 0 };
  for (let sent = 1; sent <= 11; sent++) {
    const updates = await room.updates(sent);
    assert.ok(isSame(updates[sent - 1], updates[0]));
    assert.is(room.client.state, 'reporting');
    await room.server.verdict(DEVICE, unreadable, 'malformed');
  }
  await room.is('done');
  await until('ready', () => room.states().endsWith('ready'));
  assert.is(room.server.updates(DEVICE).length, 11);
  await room.server.plan(planFor(MODEL, [DEVICE], { round: 2 }));
  await room.updates(12);
  await room.close();
});

test('a status that arrived damaged is said again', async () => {
  const room = await Room.open();
  room.board();
  await until('ready', () => room.states() === 'ready');
  await room.server.verdict(DEVICE, { ...PLAN, round: 0, attempt: 0 }, 'malformed');
  await until('ready again', () => room.states() === 'ready ready');
  await room.close();
});

test('an update that can be read but does not fit is not sent again', async () => {
  const room = await Room.open();
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  room.board();
  await room.updates(1);
  await room.server.verdict(DEVICE, PLAN, 'malformed');
  await room.is('done');
  await sleep(20);
  assert.is(room.server.updates(DEVICE).length, 1);
  await room.close();
});

test('a board killed in mid-round sends the same bytes, from the model in its flash', async () => {
  const expected = await undisturbed(PLAN, MODEL);
  const room = await Room.open();
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  room.gate.allowed = 0;
  const board = room.board();
  for (const steps of [1, 5, 9]) {
    room.gate.taken = 0;
    room.gate.allowed = steps;
    await until(`step ${steps}`, () => room.gate.taken === steps);
    board.restart();
  }
  room.gate.allowed = Number.POSITIVE_INFINITY;
  const updates = await room.updates(1);
  assert.ok(isSame(updates[0], expected));
  assert.is(room.server.modelRequests(DEVICE), 1);
  assert.ok(room.states().includes('gone'), room.states());
  await room.close();
});

test('a board killed before its verdict sends the same bytes again', async () => {
  const room = await Room.open();
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  const board = room.board();
  await room.updates(1);
  board.restart();
  const [first, again] = await room.updates(2);
  assert.ok(isSame(first, again));
  await room.close();
});

test('a download cut in the middle keeps the old model and begins again', async () => {
  const room = await Room.open();
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  const board = room.board();
  await room.updates(1);
  await room.server.verdict(DEVICE, PLAN, 'accepted');
  await room.is('done');
  const saves = board.flash.wear.recordSaves;
  await room.server.model(NEXT);
  board.network.breakAfter(2500); // the plan and the first segment pass, the second does not
  await room.server.plan(planFor(NEXT, [DEVICE], { round: 2 }));
  await until('break', () => room.lines.some((line) => line.includes('broken in a message')));
  board.kill();
  assert.is(board.flash.wear.erases, 2);
  assert.is(board.flash.wear.recordSaves, saves);
  board.start();
  const isBack = () =>
    room.server
      .statuses(DEVICE)
      .slice(1)
      .some(({ state }) => state === 'ready');
  await until('ready again', isBack);
  const back = room.server.statuses(DEVICE).findLast(({ state }) => state === 'ready');
  assert.is(back?.modelHash, hashOf(MODEL));
  await room.updates(2);
  assert.is(board.flash.wear.recordSaves, saves + 1);
  await room.close();
});

test('a model with a wrong CRC is refused, and asked for again until it is right', async () => {
  const room = await Room.open();
  room.downloadMs = HASTY_MS;
  const damaged = MODEL.slice();
  damaged[MODEL.length - 1] ^= 1;
  await room.server.model(damaged);
  await room.server.plan(PLAN);
  const board = room.board();
  await until('second request', () => room.server.modelRequests(DEVICE) >= 2);
  await until('drop', () =>
    room.lines.some((line) => /model dropped: ProtocolError model's CRC-32 \d+, expected/.test(line)),
  );
  assert.is(room.client.state, 'downloading');
  assert.is(board.flash.wear.recordSaves, 0);
  await room.server.model(MODEL);
  await room.updates(1);
  await room.close();
});

test('a model that is not the planned one is left alone', async () => {
  const room = await Room.open();
  await room.server.model(NEXT);
  await room.server.plan(PLAN);
  const board = room.board();
  await until('drop', () => room.lines.some((line) => /CRC-32 \d+, expected \d+ as planned/.test(line)));
  assert.is(board.flash.wear.erases, 0);
  await room.server.model(MODEL);
  await room.updates(1);
  assert.is(board.flash.wear.erases, 1);
  await room.close();
});

test('bad frames are logged and dropped', async () => {
  const room = await Room.open();
  room.board();
  await until('ready', () => room.states() === 'ready');
  await room.broker.publish(taskTopic('plan', TASK), Uint8Array.of(1, 2, 3));
  await room.broker.publish(taskTopic('plan', TASK), new Uint8Array(100_000));
  await room.broker.publish(deviceTopic('verdict', TASK, DEVICE), new Uint8Array(40));
  await until('lines', () => room.lines.length === 3);
  assert.ok(
    room.lines.every((line) => / dropped: /.test(line)),
    room.lines.join('\n'),
  );
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  await room.updates(1);
  await room.close();
});

test('work that throws ends the round, not the board', async () => {
  const room = await Room.open();
  const failing: LocalWork = function* ({ plan }) {
    yield 1;
    if (plan.round === 1) throw new RangeError('model needs 99000 bytes, expected at most 65536');
    return { frame: Uint8Array.of(1), loss: 0, macs: 0, examples: 1 };
  };
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  room.board(DEVICE, { seed: 1 }, failing);
  await until('ready', () => room.states().endsWith('training ready'));
  assert.ok(
    room.lines.includes('round 1 failed: RangeError model needs 99000 bytes, expected at most 65536'),
  );
  await room.server.plan(PLAN);
  await sleep(20);
  assert.is(room.client.state, 'done');
  await room.server.plan(planFor(MODEL, [DEVICE], { round: 2 }));
  await room.updates(1);
  await room.close();
});

test('a round that the memory cannot hold is refused with the sum, before any work', async () => {
  const room = await Room.open();
  room.profile = { name: 'tiny', ramBytes: 9000, sliceMacs: 1000 };
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  room.board();
  await room.is('done');
  const line = room.lines.find((text) => text.startsWith('round 1 failed'));
  assert.match(line ?? '', /board tiny has 9000 B, the model needs \d+ B = parameters \d+ \+ .*noise \d+/);
  assert.is(room.gate.taken, 0);
  await room.close();
});

test('a plan for another number of layers ends its round', async () => {
  const room = await Room.open();
  await room.server.model(MODEL);
  await room.server.plan({ ...PLAN, layers: PLAN.layers.slice(1) });
  room.board();
  await room.is('done');
  assert.ok(room.lines.includes('round 1 failed: RangeError plan of 1 layers, expected 2'));
  await room.close();
});

test('six boards on a bad network all send the bytes of a good one', async () => {
  const devices = ['a', 'b', 'c', 'd', 'e', 'f'];
  const plan = planFor(MODEL, devices);
  const run = async (isBad: boolean) => {
    const room = await Room.open();
    await room.server.model(MODEL);
    await room.server.plan(plan);
    for (const [seed, device] of devices.entries()) {
      const bad = { seed, breakAfterBytes: { min: 2000, max: 6500 }, refuseOf256: 60, delayMs: 4 };
      room.board(device, isBad ? bad : { seed });
    }
    const updates = new Map<string, Uint8Array>();
    for (const device of devices) updates.set(device, (await room.updates(1, device))[0]);
    await room.close();
    return { updates, broken: room.lines.filter((line) => /broken|refused/.test(line)).length };
  };
  const good = await run(false);
  const bad = await run(true);
  assert.is(good.broken, 0);
  assert.ok(bad.broken >= 6, `${bad.broken} faults`);
  for (const device of devices) {
    assert.ok(isSame(bad.updates.get(device)!, good.updates.get(device)!), `update of ${device}`);
  }
});

test('stop says goodbye, and no work goes on', async () => {
  const room = await Room.open();
  room.gate.allowed = 3;
  await room.server.model(MODEL);
  await room.server.plan(PLAN);
  const board = room.board();
  await until('training', () => room.gate.taken === 3);
  board.stop();
  room.gate.allowed = Number.POSITIVE_INFINITY;
  await sleep(40);
  assert.is(room.gate.taken, 3);
  assert.not(room.states().includes('gone'));
  await room.close();
});

test.run();
