import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DeviceRecord } from '../../../broker/rounds/clients.js';
import type { RoundSummary } from '../../../broker/rounds/event.js';
import type { OpenRound } from '../../../broker/rounds/ports.js';
import { ForeignFolderError } from '../../../broker/storage/fingerprint.js';
import { FolderStore } from '../../../broker/storage/store.js';
import { Folders } from '../folder.js';

const test = suite('store');

const folders = new Folders();
const stores: FolderStore[] = [];
const FINGERPRINT = {
  task: 'digits',
  taskSeed: 1,
  description: '{"name":"tiny"}',
  preset: 'sparrow',
  density: 0.1,
  power: 1,
};

function open(
  folder: string,
  changes: Partial<typeof FINGERPRINT & { initialHash: string }> = {},
): FolderStore {
  const store = new FolderStore(folder, { ...FINGERPRINT, ...changes });
  stores.push(store);
  return store;
}

test.after(() => {
  for (const store of stores) store.close();
  folders.remove();
});

const bytes = (...values: number[]) => Uint8Array.from(values);

function round(number: number, attempt = 1): OpenRound {
  return {
    round: number,
    attempt,
    cohort: 3,
    goal: 2,
    minimum: 1,
    announcedMs: 1_700_000_000_123,
    planFrame: bytes(9, number, attempt),
  };
}

function summary(number: number, attempt = 1): RoundSummary {
  const counts = { reported: 2, cohort: 3, bytesUp: 10, bytesDown: 20, ms: 5 };
  return { round: number, attempt, ...counts, loss: 0.5, macsPerExample: 1, denseMacsPerExample: 2 };
}

const device: DeviceRecord = {
  device: 'a',
  state: 'ready',
  board: 'esp32',
  firmware: 258,
  examples: 40,
  modelHash: '0000000000000000',
  freeBytes: 4_000_000_000,
  seenMs: 1_700_000_000_123,
  reports: 2,
  failures: 1,
};

test('a new folder holds nothing but the number of its federation', () => {
  const { federation, ...rest } = open(folders.make()).load();
  assert.ok(Number.isInteger(federation) && federation >= 0 && federation < 2 ** 32, `${federation}`);
  assert.equal(rest, {
    devices: [],
    committed: [],
    model: undefined,
    modelBefore: undefined,
    optimizer: undefined,
    open: undefined,
    lastAttempt: 0,
  });
});

test('a folder keeps the number of its federation, another has another', () => {
  const folder = folders.make();
  const store = open(folder);
  const { federation } = store.load();
  store.close();
  assert.is(open(folder).load().federation, federation);
  assert.is.not(open(folders.make()).load().federation, federation); // wrong once in 2^32
});

test('an open round comes back with its plan and its accepted updates', async () => {
  const folder = folders.make();
  const store = open(folder);
  store.saveInitialModel(bytes(1, 2, 3));
  store.announce(round(1));
  store.saveDevice(device);
  await Promise.all([
    store.accept({ device: 'b', round: 1, attempt: 1, frame: bytes(4, 5) }),
    store.accept({ device: 'a', round: 1, attempt: 1, frame: bytes(6).subarray(0) }),
  ]);
  store.close();
  const saved = open(folder).load();
  assert.equal(saved.model, bytes(1, 2, 3));
  assert.equal(saved.devices, [device]);
  assert.equal(saved.open, {
    ...round(1),
    isSealed: false,
    updates: [
      { device: 'a', round: 1, attempt: 1, frame: bytes(6) },
      { device: 'b', round: 1, attempt: 1, frame: bytes(4, 5) },
    ],
  });
});

test('a forgotten device does not come back, unless it is saved again', () => {
  const folder = folders.make();
  const store = open(folder);
  for (const name of ['a', 'b', 'c']) store.saveDevice({ ...device, device: name });
  store.forgetDevice('b');
  store.forgetDevice('c');
  store.saveDevice({ ...device, device: 'c' });
  store.close();
  assert.equal(
    open(folder)
      .load()
      .devices.map((record) => record.device),
    ['a', 'c'],
  );
});

test('updates of one turn share one transaction, and none is on disk before its promise resolves', async () => {
  const folder = folders.make();
  const store = open(folder);
  store.announce(round(1));
  const reader = new Database(join(folder, 'sparrow.db'));
  const count = () => (reader.prepare('SELECT count(*) AS n FROM updates').get([]) as { n: number }).n;
  let resolved = 0;
  for (let i = 0; i < 50; i++) {
    const frame = bytes(i);
    void store.accept({ device: `d${i}`, round: 1, attempt: 1, frame }).then(() => {
      resolved += 1;
    });
  }
  assert.is(count(), 0);
  await store.settled();
  assert.is(count(), 50);
  assert.is(resolved, 50);
  reader.close();
});

test('updates of neighbouring turns share one transaction', async () => {
  const durable = async () => {
    const store = open(folders.make());
    store.announce(round(1));
    const first = store.accept({ device: 'a', round: 1, attempt: 1, frame: bytes(1) });
    await new Promise(setImmediate);
    void store.accept({ device: 'b', round: 1, attempt: 1, frame: bytes(2) });
    await first;
    return store.load().open?.updates.length;
  };
  let tries = 1; // between two turns of a busy machine more time may pass than the first one waits
  while ((await durable()) !== 2 && tries < 10) tries += 1;
  assert.ok(tries < 10, 'a transaction each, again and again');
});

test('sealing takes along what still waits', () => {
  const folder = folders.make();
  const store = open(folder);
  store.announce(round(1));
  void store.accept({ device: 'a', round: 1, attempt: 1, frame: bytes(1) });
  store.seal(1, 1);
  store.close();
  const { open: sealed } = open(folder).load();
  assert.is(sealed?.isSealed, true);
  assert.is(sealed?.updates.length, 1);
});

test('a commit keeps the model and the figures, and drops the frames of updates', async () => {
  const folder = folders.make();
  const store = open(folder);
  store.saveInitialModel(bytes(1));
  store.announce(round(1));
  await store.accept({ device: 'a', round: 1, attempt: 1, frame: bytes(7) });
  store.seal(1, 1);
  store.commit(summary(1), bytes(2, 2), bytes(5, 6));
  store.close();
  const after = open(folder);
  const saved = after.load();
  assert.equal(saved.model, bytes(2, 2));
  assert.equal(saved.optimizer, bytes(5, 6));
  assert.equal(saved.committed, [summary(1)]);
  assert.is(saved.open, undefined);
  assert.is(saved.lastAttempt, 0);
  const reader = new Database(join(folder, 'sparrow.db'));
  const row = reader.prepare('SELECT device, length, frame FROM updates').get([]) as Record<string, unknown>;
  assert.equal([row.device, row.length, row.frame], ['a', 1, null]);
  reader.close();
});

test('an abandoned attempt is counted and its updates are gone', async () => {
  const folder = folders.make();
  const store = open(folder);
  store.saveInitialModel(bytes(1));
  store.announce(round(1));
  await store.accept({ device: 'a', round: 1, attempt: 1, frame: bytes(7) });
  store.abandon(1, 1);
  assert.is(store.load().lastAttempt, 1);
  store.announce(round(1, 2));
  const saved = store.load();
  assert.equal([saved.open?.attempt, saved.open?.updates.length], [2, 0]);
});

test('the last three models stay, and the final one under its own name', () => {
  const folder = folders.make();
  const store = open(folder);
  store.saveInitialModel(bytes(0));
  writeFileSync(join(folder, 'models', 'round-000003.model.tmp'), 'half');
  writeFileSync(join(folder, 'models', 'mine.model'), 'kept');
  for (let i = 1; i <= 5; i++) {
    store.announce(round(i));
    store.commit(summary(i), bytes(i), bytes(i, i));
  }
  store.saveFinalModel(bytes(5));
  const names = ['mine.model', 'round-000003.model', 'round-000004.model', 'round-000005.model'];
  assert.equal(readdirSync(join(folder, 'models')).sort(), names);
  assert.equal(new Uint8Array(readFileSync(join(folder, 'final.model'))), bytes(5));
});

test('a checkpoint that was changed or lost is refused by name', () => {
  const folder = folders.make();
  const store = open(folder);
  store.saveInitialModel(bytes(1, 2, 3));
  truncateSync(join(folder, 'models', 'round-000000.model'), 2);
  assert.throws(
    () => store.load(),
    /checkpoint .*round-000000\.model: hash [0-9a-f]{16}, expected [0-9a-f]{16}$/,
  );
});

test('a folder of another federation is refused in one line that says what differs', () => {
  const folder = folders.make();
  open(folder).close();
  const refused = (changes: Parameters<typeof open>[1], found: string) =>
    assert.throws(
      () => open(folder, changes),
      (error: Error) =>
        error instanceof ForeignFolderError &&
        error.message === `data folder ${folder} of another federation: ${found} or an empty folder`,
    );
  refused({ taskSeed: 2 }, 'seed 1, expected 2');
  refused({ task: 'other' }, 'task digits, expected other');
  refused({ description: '{}' }, 'model {"name":"tiny"}, expected {}');
  refused({ preset: 'dense', density: 1 }, 'method sparrow, expected dense');
  refused({ density: 0.2 }, 'density 0.1, expected 0.2');
  refused({ power: 2 }, 'power 1, expected 2');
  open(folder).close(); // the refusals let go of it
});

test('a folder that began with another model is refused where one was asked for', () => {
  const folder = folders.make();
  const store = open(folder);
  store.saveInitialModel(bytes(1));
  store.close();
  assert.throws(
    () => open(folder, { initialHash: '00' }),
    /initial model [0-9a-f]{16}, expected 00 or an empty folder$/,
  );
  open(folder).close();
});

test('a second store on one folder is refused until the first is closed', () => {
  const folder = folders.make();
  const store = open(folder);
  assert.throws(() => open(folder), `data folder ${folder} in use by another process`);
  store.close();
  store.close(); // twice is fine
  open(folder);
});

test('a process that was killed leaves no lock behind', async () => {
  const folder = folders.make();
  const script = `import { FolderStore } from './broker/storage/store.js';
    new FolderStore(${JSON.stringify(folder)}, ${JSON.stringify(FINGERPRINT)});
    console.log('open'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  assert.throws(() => open(folder), 'in use by another process');
  child.kill('SIGKILL');
  await ended;
  open(folder);
  assert.ok(existsSync(join(folder, 'sparrow.db')));
});

test('a database that fails says so once and for all', async () => {
  const folder = folders.make();
  const store = open(folder);
  store.announce(round(1));
  const other = new Database(join(folder, 'sparrow.db'));
  other.exec('DROP TABLE updates');
  other.close();
  const failure = async (promise: Promise<void>) =>
    promise.then(
      () => 'written',
      (error: Error) => error.message,
    );
  const update = { device: 'a', round: 1, attempt: 1, frame: bytes(1) };
  const first = await failure(store.accept(update));
  assert.match(first, `cannot write to data folder ${folder}: `);
  assert.is(await failure(store.accept(update)), first);
  assert.is(await failure(store.settled()), first);
  assert.throws(() => store.seal(1, 1), first);
});

test.run();
