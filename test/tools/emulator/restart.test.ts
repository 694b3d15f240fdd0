import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunningBroker } from '../../../broker/main.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import { Folders } from '../../broker/folder.js';
import { until } from '../../firmware/room.js';
import { digitsRoom, digitsSettings, finalModel, isSame, openDigits } from './digits.js';

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
  const room = digitsRoom(port);
  room.start();
  await endOfFirst(broker, () => reports);
  await broker.close();

  const second = digitsSettings(folders.make(), { recipe, port });
  broker = await openDigits(second);
  await broker.finished;
  room.stop();
  await broker.close();
  return { first, second };
}

test('boards that have done round 1 do that of a new federation, too', async () => {
  const { first, second } = await begunAnew((broker) => broker.finished);
  assert.ok(isSame(finalModel(second.folder), finalModel(first.folder))); // its number touches no weight
});

test('boards in the middle of round 1 finish that of a new federation', async () => {
  const { second } = await begunAnew((_, reports) => until('three reports', () => reports() >= 3));
  assert.ok(finalModel(second.folder).length > 0);
});

test.run();
