import { join } from 'node:path';
import Database from 'libsql';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BrokerSettings, RunningBroker } from '../../../broker/main.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import { Folders } from '../../broker/folder.js';
import { BrokerProcess, type Fate } from '../../broker/process.js';
import { until } from '../../firmware/room.js';
import { BOARDS, digitsRoom, digitsSettings, ended, finalModel, isSame, openDigits } from './digits.js';

const test = suite('restart of the broker');

const folders = new Folders();
test.after(() => folders.remove());

const recipe = recipeOf('sparrow', 0.1, { rounds: 1 });

/** Boards that keep running while one broker gives way to another with the same settings and a new folder. */
async function begunAnew(endOfFirst: (broker: RunningBroker, reports: () => number) => Promise<unknown>) {
  const first = digitsSettings(folders.make(), { recipe });
  let reports = 0;
  let broker = await openDigits(first, ({ kind }) => {
    if (kind === 'report') reports += 1;
  });
  const { port } = broker;
  const second = digitsSettings(folders.make(), { recipe, port });
  const lines: string[] = [];
  const room = digitsRoom(port, { log: (device, text) => lines.push(`${device} ${text}`) });
  try {
    room.start();
    await endOfFirst(broker, () => reports);
    await broker.close();
    broker = await openDigits(second);
    await ended(broker, () => lines);
  } finally {
    room.stop();
    await broker.close();
  }
  return { first, second };
}

test('boards that have done round 1 do that of a new federation, too', async () => {
  const { first, second } = await begunAnew((broker) => ended(broker, () => []));
  assert.ok(isSame(finalModel(second.folder), finalModel(first.folder))); // its number touches no weight
});

test('boards in the middle of round 1 finish that of a new federation', async () => {
  const { second } = await begunAnew((_, reports) => until('three reports', () => reports() >= 3));
  assert.ok(finalModel(second.folder).length > 0);
});

// Law 3: fixed cohort, goal = cohort, no deadline

/**
 * Where the lives of a broker end, one after the other. A report is told before its verdict leaves. The first
 * life ends when it announces round 1; in the second one board is off, so that its end is in the middle of it.
 */
const FATES: Readonly<Record<string, readonly Fate[]>> = {
  sparrow: [
    { kind: 'announced', count: 1 },
    { kind: 'report', count: 3 },
    { kind: 'committed', count: 1 },
    { kind: 'report', count: 3 },
  ],
  dense: [
    { kind: 'announced', count: 1 },
    { kind: 'report', count: 2 },
    { kind: 'announced', count: 2 },
    { kind: 'report', count: 1 },
  ],
};

/** Reports that a killed broker left in an open round. */
function leftOpen(folder: string): number {
  const database = new Database(join(folder, 'sparrow.db'));
  const [{ n }] = database.prepare('SELECT count(*) AS n FROM updates WHERE frame IS NOT NULL').all([]) as {
    n: number;
  }[];
  database.close();
  return n;
}

for (const [taskSeed, preset] of [
  [1, 'sparrow'],
  [2, 'dense'],
] as const) {
  test(`a broker killed in mid-round and restarted ends with the same model: ${preset}, seed ${taskSeed}`, async () => {
    const changes = { taskSeed, recipe: recipeOf(preset, 0.1, { rounds: 4 }) };
    const expected = await undisturbed(digitsSettings(folders.make(), changes));
    const settings = digitsSettings(folders.make(), changes);
    const [first, second, ...others] = FATES[preset];
    let broker = await BrokerProcess.start(settings, first);
    const { port } = broker;
    const room = digitsRoom(port, { faults: { delayMs: 80 } }); // reports come one by one
    room.start();
    try {
      await broker.ended();
      room.boards[0].kill();
      broker = await BrokerProcess.start({ ...settings, port }, second);
      await broker.ended();
      const left = leftOpen(settings.folder);
      assert.ok(left > 0 && left < BOARDS, `${left} reports in an open round of ${BOARDS}`);
      room.boards[0].start();
      for (const fate of [...others, undefined]) {
        broker = await BrokerProcess.start({ ...settings, port }, fate);
        if (fate !== undefined) await broker.ended();
      }
      await broker.says((lines) => lines.includes('finished'), 'the end');
    } finally {
      room.stop();
      await broker.kill();
    }
    assert.ok(isSame(finalModel(settings.folder), expected));
  });
}

async function undisturbed(settings: BrokerSettings): Promise<Uint8Array> {
  const broker = await openDigits(settings);
  const lines: string[] = [];
  const room = digitsRoom(broker.port, { log: (device, text) => lines.push(`${device} ${text}`) });
  try {
    room.start();
    await ended(broker, () => lines);
  } finally {
    room.stop();
    await broker.close();
  }
  return finalModel(settings.folder);
}

test.run();
