import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startBroker } from '../../../broker/main.js';
import { readMetrics } from '../../../broker/storage/roster.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { modelFor } from '../../../tools/datasets/model.js';
import { split } from '../../../tools/datasets/split.js';
import { Room } from '../../../tools/emulator/room.js';
import { until } from '../../broker/mqtt/clients.js';
import { roundSettings } from '../../broker/task.js';
import { sparrow, temporaryFolder } from './sparrow.js';

const test = suite('sparrow devices');

const folder = temporaryFolder();
test.after(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = ['emu-0001', 'emu-0002', 'emu-0003'];
const ROUNDS = 3;
const HEADER =
  /^device +state +seen +accepted +refused +missed +round +training +longest slice +heap +energy +rssi +reset$/;
const LINE =
  /^(emu-000\d) +\w+ +\d+ \w+ ago +(\d+) +0 +0 +(\d+) +\d+\.\d\d s +\d+ ms +- +(?:-|\d+\.\d\d J) +- +-$/;

/** Device, accepted updates and newest round of each line. */
function told(lines: readonly string[]): string[][] {
  assert.match(lines[0], HEADER);
  return lines.slice(1).map((line) => {
    const [, ...cells] = LINE.exec(line) ?? [];
    assert.is(cells.length, 3, line);
    return cells;
  });
}

test('a line per board while the broker runs, and when it has ended', async () => {
  const dataset = loadDataset('digits');
  const data = join(folder, 'sparrow-data');
  const broker = await startBroker(
    {
      ...roundSettings(NAMES.length, { recipe: recipeOf('sparrow', 0.1, { rounds: ROUNDS }) }),
      task: 'digits',
      description: modelFor(dataset, undefined),
      folder: data,
      host: '127.0.0.1',
      port: 0,
    },
    { onEvent() {}, log() {} },
  );
  const room = new Room({
    broker: { host: '127.0.0.1', port: broker.port },
    task: 'digits',
    board: 'esp32',
    shards: split(dataset.train, { partition: 'iid', clients: NAMES.length, seed: 1 }),
    seed: 1,
    joinMs: 10,
  });
  try {
    room.start();
    await broker.finished;
    const stored = () => NAMES.every((name) => readMetrics(data, name).length === ROUNDS);
    await until(stored, 'the metrics of all rounds on disk');
    const running = await sparrow(folder, ['devices']);
    assert.equal([running.code, running.errors], [0, []]);
    assert.equal(
      told(running.lines),
      NAMES.map((name) => [name, String(ROUNDS), String(ROUNDS)]),
    );
    const one = await sparrow(folder, ['devices', '--device', 'emu-0002']);
    assert.match(
      one.lines[0],
      /^round +training +longest slice .* free +chunks +slots +up +down +reconnects$/,
    );
    assert.equal(
      one.lines.slice(1).map((line) => Number(line.trim().split(' ')[0])),
      [1, 2, 3],
    );
  } finally {
    room.stop();
    await broker.close();
  }
  const ended = await sparrow(folder, ['devices', '--folder', 'sparrow-data']);
  assert.is(ended.code, 0, ended.errors.join('\n'));
  assert.equal(
    told(ended.lines),
    NAMES.map((name) => [name, String(ROUNDS), String(ROUNDS)]),
  );
});

mkdirSync(join(folder, 'empty'));

const MISTAKES: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'a folder that is not there',
    ['--folder', 'nowhere'],
    /^sparrow: folder nowhere, expected the data folder of a broker$/,
  ],
  [
    'a folder that is no data folder',
    ['--folder', 'empty'],
    /^sparrow: folder empty, expected the data folder of a broker$/,
  ],
  [
    'a name that is none',
    ['--device', 'a/b'],
    /^sparrow: device "a\/b", expected 1 to 23 of a-z, 0-9 and -$/,
  ],
  [
    'a device that nobody knows',
    ['--device', 'emu-0009'],
    /^sparrow: device emu-0009, expected one that has joined the broker of sparrow-data$/,
  ],
];

for (const [name, args, message] of MISTAKES) {
  test(`${name} is told in one line`, async () => {
    const { code, lines, errors } = await sparrow(folder, ['devices', ...args]);
    assert.equal([code, lines, errors.length], [1, [], 1], [...lines, ...errors].join('\n'));
    assert.match(errors[0], message);
  });
}

test.run();
