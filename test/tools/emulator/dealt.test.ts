import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunningBroker } from '../../../broker/main.js';
import type { DealEvent } from '../../../broker/rounds/event.js';
import { start } from '../../../firmware/main.js';
import { Random } from '../../../shared/fixed/random.js';
import { encodeEnrol } from '../../../shared/protocol/enrol.js';
import { ownShardImage } from '../../../shared/protocol/shardimage.js';
import { decodeStatus } from '../../../shared/protocol/status.js';
import { dealSource } from '../../../tools/cli/deal.js';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { EmulatedBoard } from '../../../tools/emulator/board.js';
import { NorChip, SHARD_PARTITION_BYTES } from '../../../tools/emulator/chip.js';
import type { RoomOptions } from '../../../tools/emulator/room.js';
import { Folders } from '../../broker/folder.js';
import { Connections, connectPacket, publishPacket, subscribePacket } from '../../broker/mqtt/clients.js';
import { sleep, until } from '../../firmware/room.js';
import {
  BOARDS,
  digitsRoom,
  digitsSettings,
  ended,
  finalModel,
  isSame,
  openDigits,
  QUICK,
  SHARDS,
  TASK,
} from './digits.js';

const test = suite('dealt');

const folders = new Folders();
const brokers: RunningBroker[] = [];
const boards: EmulatedBoard[] = [];
test.after(async () => {
  for (const board of boards) board.kill();
  for (const broker of brokers) await broker.close();
  folders.remove();
});

/** The same parts as SHARDS. */
const DEAL = dealSource(loadDataset('digits'), { partition: 'iid', clients: BOARDS, seed: 1 });
const OTHER = dealSource(loadDataset('digits'), { partition: 'iid', clients: BOARDS, seed: 2 });
const NOBODY = SHARDS.map(() => undefined);
/** On a busy machine an answer is late: that is no reason to ask again. */
const PATIENT = { ...QUICK, downloadMs: 60_000 };

interface Dealt {
  readonly model: Uint8Array;
  readonly parts: ReadonlyMap<string, number>;
  readonly lines: readonly string[];
}

/** A whole federation of boards that begin without examples. */
async function federateDealt(changes: Partial<RoomOptions> = {}): Promise<Dealt> {
  const folder = folders.make();
  const parts = new Map<string, number>();
  const lines: string[] = [];
  const broker = await openDigits(digitsSettings(folder, { deal: DEAL }), (event) => {
    if (event.kind === 'dealt') parts.set(event.device, event.part);
  });
  const log = (device: string, text: string) => lines.push(`${device} ${text}`);
  const room = digitsRoom(broker.port, { shards: NOBODY, log, ...changes });
  try {
    room.start();
    await ended(broker, () => lines);
  } finally {
    room.stop();
    await broker.close();
  }
  return { model: finalModel(folder), parts, lines };
}

/** The final model of boards that had these parts from the start. */
async function federateWith(parts: ReadonlyMap<string, number>): Promise<Uint8Array> {
  const folder = folders.make();
  const broker = await openDigits(digitsSettings(folder));
  const devices = [...parts.keys()].sort();
  const lines: string[] = [];
  const room = digitsRoom(broker.port, {
    shards: devices.map((device) => SHARDS[parts.get(device)!]),
    log: (device, text) => lines.push(`${device} ${text}`),
  });
  try {
    room.start();
    await ended(broker, () => lines);
  } finally {
    room.stop();
    await broker.close();
  }
  return finalModel(folder);
}

test('boards without examples are dealt some, and learn the byte-identical model', async () => {
  const { model, parts, lines } = await federateDealt();
  assert.is(new Set(parts.values()).size, BOARDS);
  assert.is(lines.filter((line) => /shard: part \d of 6, \d+ examples$/.test(line)).length, BOARDS);
  assert.ok(isSame(model, await federateWith(parts)));
});

test('over a network that breaks, loses, repeats and damages, too', async () => {
  const faults = {
    breakAfterBytes: { min: 4000, max: 26_000 },
    refuseOf256: 40,
    repeatOf256: 60,
    delayMs: 3,
  };
  const { model, parts, lines } = await federateDealt({ faults });
  assert.ok(lines.filter((line) => /broken/.test(line)).length >= 5, lines.join('\n'));
  assert.is(new Set(parts.values()).size, BOARDS);
  assert.ok(isSame(model, await federateWith(parts)));
});

/** One board and what it said. */
class Solo {
  readonly chip: NorChip;
  readonly examples: number[] = []; // of each status
  readonly lines: string[] = [];
  enrolments = 0;
  readonly board: EmulatedBoard;

  constructor(port: number, chip = new NorChip(SHARD_PARTITION_BYTES), device = 'esp32-1') {
    this.chip = chip;
    this.board = new EmulatedBoard({
      device,
      board: 'esp32',
      task: TASK,
      broker: { host: '127.0.0.1', port },
      seed: 3,
      shard: chip,
      faults: { seed: 1 },
      log: { line: (text) => this.lines.push(text) },
      firmware: (ports) => start(ports, PATIENT),
      onPublish: (topic, payload) => {
        if (topic.includes('/status/')) this.examples.push(decodeStatus(payload).examples);
        if (topic.includes('/enrol/')) this.enrolments += 1;
      },
    });
    boards.push(this.board);
    this.board.start();
  }

  get count(): number {
    return this.examples.at(-1) ?? 0;
  }
}

async function dealing(
  deal = DEAL,
  folder = folders.make(),
  events: DealEvent[] = [],
): Promise<{ broker: RunningBroker; folder: string; events: DealEvent[] }> {
  const broker = await openDigits(
    digitsSettings(folder, { deal, cohort: 1000, goal: 1000, minimum: 1000 }),
    (event) => {
      if (event.kind === 'dealt' || event.kind === 'not dealt') events.push(event);
    },
  );
  brokers.push(broker);
  return { broker, folder, events };
}

test('a restart keeps the shard, another deal replaces it, a broker without one does not', async () => {
  const first = await dealing();
  const solo = new Solo(first.broker.port);
  await until('the shard', () => solo.count > 0);
  const { count } = solo;
  solo.board.restart();
  await until('another life', () => solo.examples.filter((examples) => examples === count).length >= 2);
  await sleep(50);
  assert.is(solo.enrolments, 1);
  solo.board.stop();
  await first.broker.close();
  const plain = await openDigits(digitsSettings(folders.make()));
  brokers.push(plain);
  const elsewhere = new Solo(plain.port, solo.chip);
  await until('a status', () => elsewhere.count === count);
  elsewhere.board.stop();
  const second = await dealing(OTHER, first.folder);
  const after = new Solo(second.broker.port, solo.chip);
  await until('the other shard', () => after.lines.some((line) => /shard: part/.test(line)));
  assert.is(after.enrolments, 1);
  assert.is(after.examples[0], count);
  // on a slow link the status without examples gives way to the one with new ones
  await until('its status', () => after.examples.length > 1 && after.count > 0);
  after.board.stop();
});

test('a shard that a person flashed stays', async () => {
  const { broker, events } = await dealing();
  const chip = new NorChip(SHARD_PARTITION_BYTES);
  chip.write(0, ownShardImage(DEAL.part(2)));
  const solo = new Solo(broker.port, chip);
  await until('a status', () => solo.count > 0);
  await sleep(50);
  assert.is(solo.enrolments, 0);
  assert.equal(events, []);
  solo.board.stop();
});

test('a board that loses power at any moment of its download gets the same part whole', async () => {
  const { broker, events } = await dealing();
  const random = new Random(9);
  const solo = new Solo(broker.port);
  for (const steps of [0, 1, 700, 5000, 12_000]) {
    solo.board.kill();
    solo.chip.cutAfter({ steps, tear: 'bits', random });
    solo.board.start();
    await until('the cut, or the end', () => !solo.chip.isOn || solo.lines.some((line) => /part/.test(line)));
    solo.board.kill();
    solo.chip.powerOn();
    solo.board.start();
  }
  await until('the shard', () => solo.count > 0);
  assert.is(events.filter(({ kind }) => kind === 'dealt').length, 1);
  assert.is(solo.count, SHARDS[0].count);
  solo.board.stop();
});

test('a board without room, and one that comes when all is dealt, are told so and stay', async () => {
  const deal = dealSource(loadDataset('digits'), { partition: 'iid', clients: 1, seed: 1 });
  const { broker, events } = await dealing(deal, folders.make());
  const small = new Solo(broker.port, new NorChip(4 * 4096), 'small');
  await until('its refusal', () => small.lines.some((line) => /too long for the 16352 bytes/.test(line)));
  const first = new Solo(broker.port, new NorChip(2 * SHARD_PARTITION_BYTES), 'first');
  await until('its shard', () => first.count > 0);
  const late = new Solo(broker.port, undefined, 'late');
  await until('its refusal', () =>
    late.lines.some((line) => /shard: none for this board: all 1 are dealt/.test(line)),
  );
  assert.equal(
    events.map(({ kind, device }) => `${device} ${kind}`),
    ['small not dealt', 'first dealt', 'late not dealt'],
  );
  for (const { board } of [small, first, late]) board.stop();
});

test('a board that asks for ever and reads nothing is cut, and the others get their parts', async () => {
  const { broker } = await dealing();
  const { port } = broker;
  const connections = new Connections();
  const frozen = await connections.socket(port, connectPacket('frozen'));
  frozen.write(subscribePacket(`fl/1/${TASK}/shard/frozen`));
  await sleep(50);
  frozen.pause();
  const question = encodeEnrol({ deal: DEAL.id, roomBytes: 100_000 });
  let isCut = false;
  frozen.on('close', () => {
    isCut = true;
  });
  const asking = setInterval(() => {
    for (let i = 1; i <= 50; i++) frozen.write(publishPacket(`fl/1/${TASK}/enrol/frozen`, question, i));
  }, 10);
  try {
    const others = ['a', 'b', 'c'].map((device) => new Solo(port, undefined, device));
    for (const solo of others) await until(`the shard of ${solo.board.device}`, () => solo.count > 0);
    await until('the cut', () => isCut);
    const late = new Solo(port, undefined, 'd');
    await until('one more shard', () => late.count > 0);
    for (const { board } of [...others, late]) board.stop();
  } finally {
    clearInterval(asking);
    await connections.close();
  }
});

test.run();
