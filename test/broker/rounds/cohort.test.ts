import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { drawCohort } from '../../../broker/rounds/cohort.js';
import { isInCohort } from '../../../shared/protocol/cohort.js';
import { deviceHash } from '../../../shared/protocol/device.js';
import { devices } from '../task.js';

const test = suite('cohort');

const drawn = (seed: number, ready: string[], size: number) => {
  const cohort = drawCohort(seed, ready, size);
  return ready.filter((device) => isInCohort(cohort, deviceHash(device)));
};

test('takes the size asked for, or all that are ready', () => {
  assert.is(drawn(1, devices(50), 20).length, 20);
  assert.is(drawn(1, devices(5), 20).length, 5);
});

test('the order of the boards does not matter, the seed does', () => {
  const boards = devices(50);
  const other = [...boards].reverse();
  assert.equal(drawn(1, boards, 10), drawn(1, other, 10).sort());
  assert.not.equal(drawn(1, boards, 10), drawn(2, boards, 10));
});

test('up to 256 boards are a list, more are a threshold that takes exactly as many', () => {
  const boards = devices(999);
  assert.is(drawCohort(3, boards, 256).kind, 'list');
  assert.is(drawCohort(3, boards, 257).kind, 'threshold');
  assert.is(drawn(3, boards, 257).length, 257);
  assert.is(drawn(3, boards, 999).length, 999);
});

test('over many rounds every board has its turn', () => {
  const boards = devices(30);
  const turns = new Map(boards.map((board) => [board, 0]));
  for (let round = 0; round < 300; round++) {
    for (const board of drawn(round, boards, 10)) turns.set(board, (turns.get(board) ?? 0) + 1);
  }
  const counts = [...turns.values()];
  assert.ok(Math.min(...counts) > 60, `fewest turns ${Math.min(...counts)}`); // 100 expected, sd 8
  assert.ok(Math.max(...counts) < 140, `most turns ${Math.max(...counts)}`);
});

test.run();
