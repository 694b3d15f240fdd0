import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_MODEL } from '../../../shared/protocol/model.js';
import { decodeStatus } from '../../../shared/protocol/status.js';
import { deviceName, Room } from '../../../tools/emulator/room.js';
import { Folders } from '../../broker/folder.js';
import { sleep, TestBroker, until } from '../../firmware/room.js';
import { BOARDS, digitsRoom, federate, isSame, ROUNDS, type Run, SHARDS, TASK } from './digits.js';

const test = suite('room');

const folders = new Folders();
test.after(() => folders.remove());

let calm: Run | undefined;
/** The run that nothing disturbs, once for all tests. */
async function undisturbed(): Promise<Run> {
  calm ??= await federate(folders.make());
  return calm;
}

/** Who was accepted, in which order. */
function accepted(reports: readonly string[]): string {
  return reports.filter((line) => line.endsWith('accepted')).join(', ');
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
  const faults = { breakAfterBytes: { min: 2500, max: 9000 }, refuseOf256: 60, delayMs: 3 };
  const { model, lines } = await federate(folders.make(), { faults });
  assert.ok(lines.filter((line) => /broken/.test(line)).length >= 5, lines.join('\n'));
  assert.ok(isSame(model, (await undisturbed()).model));
});

test('late, repeated and damaged messages give the byte-identical model', async () => {
  const { model: expected, reports: inOrder } = await undisturbed();
  for (const seed of [1, 2, 3]) {
    const faults = { delayMs: 25, repeatOf256: 100, damageOf256: 40 };
    const { model, reports } = await federate(folders.make(), { seed, faults });
    assert.ok(isSame(model, expected), `seed ${seed}`);
    assert.ok(
      reports.some((line) => line.endsWith('duplicate')),
      reports.join('\n'),
    );
    assert.ok(
      reports.some((line) => line.endsWith('malformed')),
      reports.join('\n'),
    );
    assert.is.not(accepted(reports), accepted(inOrder));
  }
});

test('boards that lose power in mid-round give the byte-identical model', async () => {
  let kills = 0;
  const onReport = (room: Room, round: number, device: string) => {
    const victim = room.boards[(room.boards.findIndex((board) => board.device === device) + round) % BOARDS];
    if (!victim.isOn || kills >= 8 || round === ROUNDS) return; // or it would come back to nobody
    kills += 1;
    victim.kill();
    setTimeout(() => victim.start(), 5);
  };
  const { model } = await federate(folders.make(), {}, onReport);
  assert.ok(kills >= 6, `${kills} kills`);
  assert.ok(isSame(model, (await undisturbed()).model));
});

test('boards of a folder come back with the model that they held', async () => {
  const flashFolder = folders.make();
  await federate(folders.make(), { flashFolder });
  const broker = await TestBroker.open();
  const room = digitsRoom(broker.address.port, { joinMs: 1, flashFolder });
  room.start();
  await until('statuses', () => broker.seen.length === BOARDS);
  const statuses = broker.seen.map(({ payload }) => decodeStatus(payload));
  assert.ok(statuses.every(({ state, modelHash }) => state === 'ready' && modelHash !== NO_MODEL));
  assert.is(new Set(statuses.map(({ modelHash }) => modelHash)).size, 1);
  room.stop();
  await broker.close();
});

test('a room that is stopped before its boards have joined starts none', async () => {
  const room = digitsRoom(1, { joinMs: 20 });
  room.start();
  room.stop();
  await sleep(40);
  assert.not(room.boards.some((board) => board.isOn));
});

test('boards wait for a broker that is not there yet', async () => {
  const lines: string[] = [];
  const room = digitsRoom(1, {
    shards: SHARDS.slice(0, 1),
    joinMs: 0,
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
