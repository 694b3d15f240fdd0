import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'libsql';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type BrokerSettings, type RunningBroker, startBroker } from '../../broker/main.js';
import type { FederationEvent } from '../../broker/rounds/event.js';
import { Shard } from '../../shared/data/example-set.js';
import { Random } from '../../shared/fixed/random.js';
import { initialModel } from '../../shared/model/initial.js';
import { recipeOf } from '../../shared/model/recipe.js';
import { encodeModel } from '../../shared/protocol/model.js';
import { Board } from './board.js';
import { Folders } from './folder.js';
import { until } from './mqtt/clients.js';
import { BrokerProcess } from './process.js';
import { description, devices, firstModel, recipe, roundSettings } from './task.js';

const test = suite('broker');

const folders = new Folders();
const boards: Board[] = [];
const brokers: RunningBroker[] = [];
const children: BrokerProcess[] = [];

test.after(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await Promise.all(boards.map((board) => board.close()));
  for (const broker of brokers) await broker.close();
  folders.remove();
});

function settingsOf(count: number, changes: Partial<BrokerSettings> = {}): BrokerSettings {
  const place = { folder: folders.make(), host: '127.0.0.1', port: 0 };
  return { ...roundSettings(count), task: 'test', description, ...place, ...changes };
}

async function start(settings: BrokerSettings, events: FederationEvent[] = []): Promise<RunningBroker> {
  const broker = await startBroker(settings, { onEvent: (event) => events.push(event), log: () => {} });
  brokers.push(broker);
  return broker;
}

function joinRoom(port: number, names: readonly string[]): Board[] {
  const made = names.map((name) => new Board(port, 'test', name));
  boards.push(...made);
  return made;
}

const failure = (settings: BrokerSettings) =>
  start(settings).then(
    () => 'started',
    (error: Error) => error.message,
  );
const finalModel = (settings: BrokerSettings) =>
  readFileSync(join(settings.folder, 'final.model')).toString('hex');

test('a room of boards finishes its rounds over MQTT', async () => {
  const events: FederationEvent[] = [];
  const settings = settingsOf(20, { testSet: testSet() });
  const broker = await start(settings, events);
  joinRoom(broker.port, devices(20));
  const summary = await broker.finished;
  assert.is(summary.rounds, 3);
  assert.ok((summary.accuracy ?? -1) >= 0);
  const committed = events.filter((event) => event.kind === 'committed');
  assert.equal(
    committed.map(({ reported }) => reported),
    [20, 20, 20],
  );
  assert.ok(committed.every(({ bytesUp, bytesDown }) => bytesUp > 20 * 60 && bytesDown > 20 * 60));
});

test('two runs with other timing end with the same model', async () => {
  const runs = await Promise.all(
    [devices(6), devices(6).reverse()].map(async (names) => {
      const settings = settingsOf(6);
      const broker = await start(settings);
      joinRoom(broker.port, names);
      await broker.finished;
      return finalModel(settings);
    }),
  );
  assert.is(runs[0], runs[1]);
});

test('a federation can begin with a model file, and its folder remembers that', async () => {
  const folder = folders.make();
  const modelPath = join(folder, 'mine.model');
  writeFileSync(modelPath, encodeModel(initialModel(description, 99)));
  const settings = settingsOf(1, { modelPath });
  await (await start(settings)).close();
  await (await start({ ...settings, modelPath: undefined })).close(); // may be left out later
  writeFileSync(modelPath, encodeModel(firstModel()));
  assert.match(
    await failure(settings),
    /of another federation: initial model [0-9a-f]{16}, expected [0-9a-f]{16} or an empty folder$/,
  );
});

test('a truncated or foreign model file is refused in one line', async () => {
  const folder = folders.make();
  const modelPath = join(folder, 'mine.model');
  const other = { ...description, name: 'other' };
  writeFileSync(modelPath, encodeModel(initialModel(other, 1)));
  assert.match(
    await failure(settingsOf(1, { modelPath })),
    /^model file .*mine\.model: .*"other".*, expected .*"tiny"/,
  );
  truncateSync(modelPath, 100);
  assert.match(await failure(settingsOf(1, { modelPath })), /^model file .*mine\.model: .*expected/);
  const missing = join(folder, 'missing.model');
  assert.match(await failure(settingsOf(1, { modelPath: missing })), /^model file .*missing\.model: ENOENT/);
});

test('a taken port is one line, and the data folder is free again', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  const settings = settingsOf(1, { port });
  assert.is(await failure(settings), `port ${port} in use, expected a free one`);
  await new Promise((resolve) => taken.close(resolve));
  await start(settings);
});

test('a start that fails at its end leaves neither port nor data folder in use', async () => {
  const settings = settingsOf(1);
  const { port } = await start(settingsOf(1)).then(async (broker) => {
    await broker.close();
    return broker;
  });
  const firmware = join(settings.folder, 'firmware');
  writeFileSync(firmware, 'a file where a folder should be');
  assert.match(await failure({ ...settings, port }), /ENOTDIR/);
  rmSync(firmware);
  await start({ ...settings, port });
});

test('a folder in use or of another federation is one line', async () => {
  const settings = settingsOf(1);
  const broker = await start(settings);
  assert.match(await failure(settings), `data folder ${settings.folder} in use by another process`);
  await broker.close();
  const { folder } = settings;
  assert.is(
    await failure({ ...settings, task: 'other' }),
    `data folder ${folder} of another federation: task test, expected other or an empty folder`,
  );
});

test('a folder goes on with other rounds and rates, not with another method or density', async () => {
  const settings = settingsOf(1, { recipe: recipe({ rounds: 1 }) });
  await (await start(settings)).close();
  const { folder } = settings;
  await (await start({ ...settings, recipe: recipe({ rounds: 9, rate: 0.01, epochs: 3 }) })).close();
  for (const [other, found] of [
    [recipeOf('dense', 1), 'method sparrow, expected dense'],
    [recipeOf('sparrow', 0.25), 'density 0.5, expected 0.25'],
  ] as const) {
    assert.is(
      await failure({ ...settings, recipe: other }),
      `data folder ${folder} of another federation: ${found} or an empty folder`,
    );
  }
});

test('settings and test sets that do not fit are refused by name', async () => {
  assert.match(await failure(settingsOf(1, { task: 'No' })), /^task "No", expected/);
  assert.match(await failure(settingsOf(1, { port: 70_000 })), /^port 70000, expected/);
  assert.match(await failure(settingsOf(1, { goal: 2 })), /^goal 2, expected/);
  const shape = { ...description.input, shape: [9] };
  assert.match(
    await failure(settingsOf(1, { description: { ...description, input: shape }, testSet: testSet() })),
    /^test set of 8/,
  );
});

test('closing before the end says so to whoever waits', async () => {
  const broker = await start(settingsOf(1));
  const outcome = broker.finished.then(
    () => 'finished',
    (error: Error) => error.message,
  );
  await broker.close();
  await broker.close();
  assert.is(await outcome, 'broker closed, expected to finish its rounds');
});

// Killing

async function serve(settings: BrokerSettings): Promise<BrokerProcess> {
  const child = await BrokerProcess.start(settings);
  children.push(child);
  return child;
}

/** What the database of a killed broker knows of accepted updates, as `round.attempt device`. */
function accepted(folder: string): Set<string> {
  const database = new Database(join(folder, 'sparrow.db'));
  const rows = database.prepare('SELECT round, attempt, device FROM updates').all([]) as {
    round: number;
    attempt: number;
    device: string;
  }[];
  database.close();
  return new Set(rows.map(({ round, attempt, device }) => `${round}.${attempt} ${device}`));
}

test('a broker killed again and again under load loses no acknowledged update and ends with the same model', async () => {
  const ROUNDS = 24;
  const KILLS = 4;
  const names = devices(16);
  const settings = { recipe: recipe({ rounds: ROUNDS }) };
  const undisturbed = settingsOf(names.length, settings);
  const broker = await start(undisturbed);
  const first = joinRoom(broker.port, names);
  await broker.finished;
  await Promise.all(first.map((board) => board.close()));

  const disturbed = settingsOf(names.length, settings);
  let child = await serve(disturbed);
  const { port } = child;
  const room = joinRoom(port, names);
  const count = () => room.reduce((sum, board) => sum + board.acknowledged.length, 0);
  const random = new Random(5);
  for (let i = 1; i <= KILLS; i++) {
    // somewhere within a round: after so many acknowledgements more
    const target = count() + names.length + random.below(names.length * 2);
    await until(() => count() >= target, `${target} acknowledgements`, 60_000);
    await child.kill();
    const known = accepted(disturbed.folder);
    for (const { round, attempt, device } of room.flatMap((board) => board.acknowledged)) {
      assert.ok(known.has(`${round}.${attempt} ${device}`), `round ${round} of ${device} lost at kill ${i}`);
    }
    child = await serve({ ...disturbed, port });
  }
  await child.says((lines) => lines.includes('finished'), 'the end');
  assert.is(finalModel(disturbed), finalModel(undisturbed));
  assert.is(accepted(disturbed.folder).size, ROUNDS * names.length); // each once
  await until(() => count() >= ROUNDS * names.length, 'the last acknowledgements');
});

function testSet(): Shard {
  const count = 30;
  const random = new Random(3);
  const set = {
    count,
    shape: [8],
    featureCount: 8,
    signed: false,
    inputExp: -8,
    classes: 3,
    features: Uint8Array.from({ length: count * 8 }, () => random.below(256)),
    labels: Uint8Array.from({ length: count }, () => random.below(3)),
    clients: new Uint16Array(count),
    clientCount: 1,
  };
  return new Shard(
    set,
    Uint32Array.from({ length: count }, (_, i) => i),
  );
}

test.run();
