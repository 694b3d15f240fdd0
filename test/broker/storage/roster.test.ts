import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DeviceRecord } from '../../../broker/rounds/clients.js';
import { readMetrics, readRoster } from '../../../broker/storage/roster.js';
import { METRICS_KEPT } from '../../../broker/storage/schema.js';
import { FolderStore } from '../../../broker/storage/store.js';
import { encodeMetrics, type Metrics } from '../../../shared/protocol/metrics.js';
import { Folders } from '../folder.js';
import { until } from '../mqtt/clients.js';
import { Room } from '../rounds/room.js';
import { devices, roundSettings } from '../task.js';

const test = suite('roster');

const folders = new Folders();
const stores: FolderStore[] = [];
const rooms: Room[] = [];

const FINGERPRINT = {
  task: 'digits',
  taskSeed: 1,
  description: '{"name":"tiny"}',
  preset: 'sparrow',
  density: 0.1,
  power: 1,
};

function open(folder: string): FolderStore {
  const store = new FolderStore(folder, FINGERPRINT);
  stores.push(store);
  return store;
}

test.after(() => {
  for (const room of rooms) room.close();
  for (const store of stores) store.close();
  folders.remove();
});

const device: DeviceRecord = {
  device: 'a',
  state: 'ready',
  board: 'esp32',
  firmware: 1,
  examples: 40,
  modelHash: '0000000000000000',
  freeBytes: 90_000,
  seenMs: 1_700_000_000_123,
  reports: 2,
  failures: 1,
};

const UINT32_MAX = 0xffffffff;

/** The largest of everything that a frame can hold. */
function metricsOf(round: number): Metrics {
  return {
    round,
    attempt: 65535,
    trainMs: UINT32_MAX,
    slices: 7,
    macs: Number.MAX_SAFE_INTEGER,
    bytesUp: 1,
    bytesDown: 2,
    reconnects: 3,
    longestSliceMs: 65535,
    freeBytes: UINT32_MAX,
    heapBytes: 140_000,
    chunkBytes: 70_000,
    slots: 2400,
    millijoules: 12,
    rssi: -128,
    reset: 'watchdog',
  };
}

const saved = (name: string, metrics: Metrics) => ({ device: name, seenMs: 1_700_000_000_123, metrics });

test('metrics come back as they were sent, with the device and its refusals', () => {
  const folder = folders.make();
  const store = open(folder);
  store.saveDevice(device);
  store.saveDevice({ ...device, device: 'b' });
  store.saveMetrics(saved('a', metricsOf(1)));
  store.saveMetrics(saved('a', metricsOf(2)));
  store.saveRefusal('a', 'wrong round');
  store.saveRefusal('a', 'malformed');
  store.close();
  const after = open(folder);
  after.saveRefusal('a', 'round closed');
  after.close();
  const rest = { state: 'ready', seenMs: device.seenMs, reports: 2, failures: 1 };
  assert.equal(readRoster(folder), [
    { device: 'a', ...rest, refused: 3, reason: 'round closed', metrics: metricsOf(2) },
    { device: 'b', ...rest, refused: 0, reason: undefined, metrics: undefined },
  ]);
  assert.equal(readMetrics(folder, 'a'), [metricsOf(1), metricsOf(2)]);
});

test('the newest rounds of a device stay, in whatever order and however often it sends them', () => {
  const folder = folders.make();
  const store = open(folder);
  store.saveDevice(device);
  for (let i = 0; i < 3 * METRICS_KEPT; i++) {
    store.saveMetrics(saved('a', metricsOf(1 + ((i * 37) % 100))));
    if (i % 10 === 0) store.seal(1, 1); // writes what waits
  }
  store.saveMetrics(saved('a', { ...metricsOf(100), slices: 8 }));
  store.saveMetrics(saved('a', { ...metricsOf(100), slices: 9 }));
  store.saveMetrics(saved('a', metricsOf(1)));
  store.close();
  const kept = readMetrics(folder, 'a');
  assert.is(kept.length, METRICS_KEPT);
  assert.ok(kept[0].round > 100 - METRICS_KEPT - 10, `${kept[0].round} is the oldest`);
  assert.equal([kept.at(-1)?.round, kept.at(-1)?.slices], [100, 9]);
});

test('nobody waits for metrics: they go with the next update, or alone after a second', async () => {
  const folder = folders.make();
  const store = open(folder);
  store.saveDevice(device);
  await store.settled();
  store.saveMetrics(saved('a', metricsOf(1)));
  await store.settled();
  assert.is(readMetrics(folder, 'a').length, 0);
  await store.accept({ device: 'a', round: 1, attempt: 1, frame: Uint8Array.of(1) });
  assert.is(readMetrics(folder, 'a').length, 1);
  store.saveMetrics(saved('a', metricsOf(2)));
  await until(() => readMetrics(folder, 'a').length === 2, 'metrics alone');
});

test('a forgotten device takes its metrics and refusals along', async () => {
  const folder = folders.make();
  const store = open(folder);
  store.saveDevice(device);
  store.saveMetrics(saved('a', metricsOf(1)));
  store.saveRefusal('a', 'malformed');
  await store.settled();
  store.saveMetrics(saved('a', metricsOf(2))); // waits still
  store.forgetDevice('a');
  store.close();
  const reader = new Database(join(folder, 'sparrow.db'));
  for (const table of ['devices', 'metrics', 'refusals']) {
    const { n } = reader.prepare(`SELECT count(*) AS n FROM ${table}`).get([]) as { n: number };
    assert.is(n, 0, table);
  }
  reader.close();
});

test('a folder from before these tables is read, and goes on with them', () => {
  const folder = folders.make();
  const store = open(folder);
  store.saveDevice(device);
  store.close();
  const old = new Database(join(folder, 'sparrow.db'));
  old.exec('DROP TABLE metrics; DROP TABLE refusals');
  old.close();
  assert.equal(
    readRoster(folder).map(({ device: name, refused, metrics }) => [name, refused, metrics]),
    [['a', 0, undefined]],
  );
  assert.equal(readMetrics(folder, 'a'), []);
  const after = open(folder);
  after.saveMetrics(saved('a', metricsOf(1)));
  after.close();
  assert.is(readRoster(folder)[0].metrics?.round, 1);
});

test('what is no data folder is told in one line, and nothing is made there', () => {
  const folder = folders.make();
  const refused = (path: string, found = '') =>
    assert.throws(
      () => readRoster(path),
      (error: Error) =>
        error.message ===
        (found === '' ? `folder ${path}, expected the data folder of a broker` : `folder ${path}: ${found}`),
    );
  refused(join(folder, 'nowhere'));
  assert.not.ok(existsSync(join(folder, 'nowhere')));
  refused(folder);
  assert.equal(readdirSync(folder), []);
  for (const [name, content] of [
    ['empty', ''],
    ['text', 'this is no database, however long it may be: '.repeat(50)],
  ]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'sparrow.db'), content);
    refused(join(folder, name));
  }
  refused(join(folder, 'text', 'sparrow.db'));
  const other = folders.make();
  open(other).close();
  const old = new Database(join(other, 'sparrow.db'));
  old.exec("UPDATE meta SET value = '3' WHERE name = 'schema'");
  old.close();
  refused(other, 'schema 3, expected 4');
});

test('a folder that a killed broker left is read, and the next broker has it all', async () => {
  const folder = folders.make();
  const script = `import { FolderStore } from './broker/storage/store.js';
    const store = new FolderStore(${JSON.stringify(folder)}, ${JSON.stringify(FINGERPRINT)});
    store.saveDevice(${JSON.stringify(device)});
    store.saveMetrics(${JSON.stringify(saved('a', metricsOf(5)))});
    await store.settled();
    console.log('written'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  assert.is(readRoster(folder)[0].metrics?.round, 5);
  child.kill('SIGKILL');
  await ended;
  assert.is(readRoster(folder)[0].metrics?.round, 5);
  assert.equal(open(folder).load().devices, [device]);
});

test('of boards that lie only registered ones are written down, for rounds that were announced', async () => {
  const folder = folders.make();
  const room = new Room(folder, roundSettings(2));
  rooms.push(room);
  const names = devices(2);
  await room.ready(names);
  const say = (name: string, round: number) =>
    room.coordinator.receiveMetrics(name, encodeMetrics(metricsOf(round)));
  say('stranger', 1);
  for (const round of [0, 1, 2, UINT32_MAX]) say(names[0], round);
  room.coordinator.receiveMetrics(names[1], Uint8Array.of(9));
  assert.is(await room.tell('stranger', Uint8Array.of(1)), 'malformed');
  assert.is(await room.tell(names[1], Uint8Array.of(1)), 'malformed');
  assert.is(await room.report(names[0], { round: 9 }), 'wrong round');
  assert.is(await room.report(names[0]), 'accepted');
  assert.is(await room.report(names[0]), 'duplicate');
  room.close();
  assert.equal(
    readRoster(folder).map((row) => [row.device, row.reports, row.refused, row.reason, row.metrics?.round]),
    [
      [names[0], 1, 1, 'wrong round', 1],
      [names[1], 0, 1, 'malformed', undefined],
    ],
  );
  assert.equal(readMetrics(folder, 'stranger'), []);
  assert.is(readMetrics(folder, names[0]).length, 1);
});

test.run();
