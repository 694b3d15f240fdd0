import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Client, type LocalWork } from '../../../firmware/federation/client.js';
import { SETTINGS, type Settings } from '../../../firmware/federation/settings.js';
import { Random } from '../../../shared/fixed/random.js';
import { crc32Update } from '../../../shared/protocol/crc32.js';
import { encodeFrame, FRAME_HEADER_BYTES } from '../../../shared/protocol/frame.js';
import { decodeMetrics } from '../../../shared/protocol/metrics.js';
import type { Plan } from '../../../shared/protocol/plan.js';
import { deviceTopic } from '../../../shared/protocol/topics.js';
import { EmulatedBoard } from '../../../tools/emulator/board.js';
import { NorChip, SECTOR_BYTES, TEARS } from '../../../tools/emulator/chip.js';
import { fixChecksum } from '../../shared/protocol/samples.js';
import { TestBroker, until } from '../room.js';
import {
  deltaFrame,
  examplesOf,
  hashOf,
  modelFrame,
  nextFrame,
  planFor,
  ScriptedServer,
  TASK,
} from './server.js';

const test = suite('fetch');
const DEVICE = 'board-1';
const PATIENT_MS = 20_000; // on a busy machine a delta is late, too
const HASTY_MS = 80;
const QUICK: Settings = { ...SETTINGS, backoffFirstMs: 5, backoffMaxMs: 40, downloadMs: PATIENT_MS };
const PROFILE = { name: 'esp32', ramBytes: 110_000, sliceMacs: 1000 };
const FIRST = modelFrame(1);
const SECOND = nextFrame(FIRST, 2);
const THIRD = nextFrame(SECOND, 3);
const DELTA = deltaFrame(FIRST, SECOND);

/** In place of training: an update that says which parameters it was made from. */
const echo: LocalWork = function* ({ model, examples }) {
  const bytes = new Uint8Array(model.head.layout.parameterBytes);
  model.readParameters(0, bytes);
  yield 1000;
  const sum = new Uint8Array(4);
  new DataView(sum.buffer).setUint32(0, crc32Update(0, bytes));
  return { frame: encodeFrame('update', sum, []), loss: 1, macs: 1, examples: examples.count };
};

/** The update of a board that has this very model. */
function echoOf(frame: Uint8Array): number {
  const head = FRAME_HEADER_BYTES + new DataView(frame.buffer).getUint32(4, true);
  return crc32Update(0, frame.subarray(head));
}

/** A broker, a scripted server and a board that has done round 1 with the first model. */
class Room {
  readonly lines: string[] = [];
  readonly chip: NorChip;
  broker: TestBroker;
  server: ScriptedServer;
  board!: EmulatedBoard;

  private constructor(broker: TestBroker, sectors: number) {
    this.broker = broker;
    this.server = new ScriptedServer(broker);
    this.chip = new NorChip(sectors * SECTOR_BYTES);
  }

  /** @param sectors of its flash; two are taken by the record */
  static async open(sectors = 20, downloadMs = PATIENT_MS): Promise<Room> {
    const room = new Room(await TestBroker.open(), sectors);
    room.board = new EmulatedBoard({
      device: DEVICE,
      board: 'esp32',
      task: TASK,
      broker: room.broker.address,
      examples: examplesOf(1),
      seed: 5,
      faults: { seed: 1 },
      partition: room.chip,
      log: { line: (text) => room.lines.push(text) },
      firmware: (ports) => {
        const client = new Client({
          ports,
          settings: { ...QUICK, downloadMs },
          profile: PROFILE,
          localWork: echo,
        });
        client.start();
        return client;
      },
    });
    await room.round(FIRST, 1);
    room.board.start();
    await room.reports(FIRST, 1);
    return room;
  }

  /** Publishes what a server does at the beginning of a round. */
  async round(
    model: Uint8Array,
    round: number,
    changes: Partial<Plan> = {},
    delta?: Uint8Array,
  ): Promise<void> {
    await this.server.model(model);
    if (delta !== undefined) await this.server.delta(delta);
    await this.server.plan(planFor(model, [DEVICE], { round, ...changes }));
  }

  /** The board's next update was made from this model; it gets a verdict. */
  async reports(model: Uint8Array, round: number): Promise<void> {
    const before = this.#echoes().length;
    const isNext = () => this.#echoes().length >= Math.max(1, before);
    await until(`update of round ${round}`, () => isNext() && this.#echoes().at(-1) === echoOf(model));
    await this.server.verdict(DEVICE, planFor(model, [DEVICE], { round }), 'accepted');
  }

  /** Payload bytes that the board had received when it last said so. */
  async bytesDown(reports: number): Promise<number> {
    const topic = deviceTopic('metrics', TASK, DEVICE);
    await until(`metrics ${reports}`, () => this.broker.on(topic).length >= reports);
    return decodeMetrics(this.broker.on(topic)[reports - 1].payload).bytesDown;
  }

  said(pattern: RegExp): boolean {
    return this.lines.some((line) => pattern.test(line));
  }

  async close(): Promise<void> {
    this.board.kill();
    await this.broker.close();
  }

  #echoes(): number[] {
    return this.server
      .updates(DEVICE)
      .map((frame) => new DataView(frame.buffer, frame.byteOffset).getUint32(FRAME_HEADER_BYTES));
  }
}

const FROM_FIRST = { deltaBase: hashOf(FIRST) };

test('a board that holds the base fetches the delta, and nothing else', async () => {
  const room = await Room.open();
  await room.round(SECOND, 2, FROM_FIRST, DELTA);
  await room.reports(SECOND, 2);
  assert.is(room.server.deltaRequests(DEVICE), 1);
  assert.is(room.server.modelRequests(DEVICE), 1); // of round 1
  const down = await room.bytesDown(2);
  assert.ok(
    down > DELTA.length && down < DELTA.length + 300 && down < SECOND.length,
    `${down} of ${SECOND.length}`,
  );
  await room.close();
});

test('rounds of deltas, with restarts of the board between, end at the same model as whole ones', async () => {
  const room = await Room.open();
  let frame = FIRST;
  for (let round = 2; round <= 6; round++) {
    const next = nextFrame(frame, round);
    if (round % 2 === 0) room.board.restart();
    await room.round(next, round, { deltaBase: hashOf(frame) }, deltaFrame(frame, next));
    await room.reports(next, round);
    frame = next;
  }
  assert.is(room.server.modelRequests(DEVICE), 1);
  await room.close();
});

test('a board that holds another model goes to the whole one at once', async () => {
  const room = await Room.open();
  await room.round(THIRD, 3, { deltaBase: hashOf(SECOND) }, deltaFrame(SECOND, THIRD));
  await room.reports(THIRD, 3);
  assert.is(room.server.deltaRequests(DEVICE), 0);
  assert.not(room.said(/delta/));
  await room.close();
});

test('a retained delta of an earlier round is not asked for when the plan names none', async () => {
  const room = await Room.open();
  await room.server.delta(DELTA);
  await room.round(SECOND, 2);
  await room.reports(SECOND, 2);
  assert.is(room.server.deltaRequests(DEVICE), 0);
  await room.close();
});

const forged = DELTA.slice();
forged[200] ^= 0x20;
fixChecksum(forged);
const damaged = DELTA.slice();
damaged[200] ^= 0x20;
for (const [what, delta, why] of [
  ['a stale one', deltaFrame(SECOND, THIRD), /delta not used: ProtocolError delta from model/],
  ['a damaged one', damaged, /delta not used: ProtocolError delta's CRC-32/],
  ['a forged one', forged, /delta not used: ProtocolError (model's CRC-32|.*expected)/],
  ['no delta at all', Uint8Array.of(1, 2, 3), /delta not used: ProtocolError/],
  ['none that comes', undefined, /delta not used: nothing in 80 ms/],
] as const) {
  test(`where the plan promises a delta and there is ${what}, the board takes the whole model`, async () => {
    const room = await Room.open(20, delta === undefined ? HASTY_MS : PATIENT_MS);
    await room.round(SECOND, 2, FROM_FIRST, delta);
    await room.reports(SECOND, 2);
    assert.ok(room.said(why), room.lines.join('\n'));
    assert.is(room.server.deltaRequests(DEVICE), 1);
    assert.ok(room.server.modelRequests(DEVICE) >= 2); // one is of round 1
    await room.close();
  });
}

test('a slot that cannot hold delta and model takes the whole model', async () => {
  const room = await Room.open(4); // two slots of a sector
  await room.round(SECOND, 2, FROM_FIRST, DELTA);
  await room.reports(SECOND, 2);
  assert.ok(room.said(/delta not used: ProtocolError delta and model of/), room.lines.join('\n'));
  await room.close();
});

test('a delta that comes only after the board gave it up changes nothing', async () => {
  const room = await Room.open(20, HASTY_MS);
  await room.server.plan(planFor(SECOND, [DEVICE], { round: 2, ...FROM_FIRST }));
  await until('the fall back', () => room.said(/nothing in 80 ms/));
  await room.server.delta(DELTA);
  await room.server.model(SECOND);
  await room.reports(SECOND, 2);
  await room.close();
});

test('a newer plan in the middle of a delta is followed', async () => {
  const room = await Room.open();
  await room.server.plan(planFor(SECOND, [DEVICE], { round: 2, ...FROM_FIRST }));
  await until('the request', () => room.server.deltaRequests(DEVICE) === 1);
  await room.round(THIRD, 3, { deltaBase: hashOf(SECOND) }, deltaFrame(SECOND, THIRD));
  await room.reports(THIRD, 3);
  await room.close();
});

test('a connection that breaks in the middle of the delta is made again, and the delta fetched', async () => {
  const big = deltaFrame(FIRST, modelFrame(7)); // more than one segment
  assert.ok(big.length > 1600, `${big.length}`);
  const room = await Room.open();
  room.board.network.breakAfter(1800); // the plan passes, the delta does not
  await room.round(modelFrame(7), 2, FROM_FIRST, big);
  await room.reports(modelFrame(7), 2);
  assert.ok(room.said(/broken in a message/), room.lines.join('\n'));
  assert.is(room.server.deltaRequests(DEVICE), 2);
  assert.is(room.server.modelRequests(DEVICE), 1);
  await room.close();
});

test('a broker that loses its retained messages between model and delta costs a whole model', async () => {
  const room = await Room.open(20, HASTY_MS);
  await room.server.model(SECOND);
  const { port } = room.broker.address;
  await room.broker.close();
  room.broker = await TestBroker.open(port);
  room.server = new ScriptedServer(room.broker);
  await room.round(SECOND, 2, FROM_FIRST); // as after a restart without the model before
  await room.reports(SECOND, 2);
  assert.ok(room.said(/delta not used: nothing in 80 ms/));
  await room.close();
});

test('power cut anywhere in a delta: the board comes back and reports from the right model', async () => {
  const room = await Room.open();
  const before = room.chip.steps;
  await room.round(SECOND, 2, FROM_FIRST, DELTA);
  await room.reports(SECOND, 2);
  const steps = room.chip.steps - before;
  let frame = SECOND;
  let round = 2;
  for (let cut = 0; cut < steps; cut += cut < steps - 150 ? 397 : 40) {
    round += 1;
    const next = nextFrame(frame, 2); // the same places move
    room.chip.cutAfter({ steps: cut, tear: TEARS[round % TEARS.length], random: new Random(cut) });
    await room.round(next, round, { deltaBase: hashOf(frame) }, deltaFrame(frame, next));
    await until(`the cut after ${cut} steps`, () => !room.chip.isOn);
    room.board.kill();
    room.chip.powerOn();
    room.board.start();
    await room.reports(next, round);
    frame = next;
  }
  assert.ok(round > 10, `${round} rounds`);
  await room.close();
});

test.run();
