import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startSelfCheck } from '../../../firmware/federation/selfcheck.js';
import { SELF_TEST } from '../../../firmware/federation/selftest.js';
import { NodeClock } from '../../../tools/emulator/clock.js';

const test = suite('selfcheck');

test('it passes, in slices, and says what a step takes and what memory is free', async () => {
  const clock = new NodeClock();
  const said: string[] = [];
  let turns = 0;
  const turn = () => {
    turns += 1;
    timer = clock.after(0, turn);
  };
  let timer = clock.after(0, turn);
  await new Promise<void>((resolve) =>
    startSelfCheck({
      board: 'esp32',
      clock,
      freeBytes: () => 54_321,
      say(line) {
        said.push(line);
        if (/passed|FAILED/.test(line)) resolve();
      },
    }),
  );
  timer.cancel();
  assert.is(said.at(-1), `selftest passed: checksum ${SELF_TEST.checksum}`);
  assert.match(said[1], /^\d+ ms: \d+\.\d\d ms for a step of one example, \d+\.\d\d us for a/);
  assert.is(said[3], '54321 bytes free');
  const slices = Number(/^(\d+) slices/.exec(said[2])?.[1]);
  assert.ok(slices > 20, `${slices} slices`);
  assert.ok(turns >= slices - 1, `${turns} turns of others beside ${slices} slices`);
});

test('a board without a profile is refused by name', () => {
  const options = { board: 'toaster', clock: new NodeClock(), freeBytes: () => 0, say() {} };
  assert.throws(() => startSelfCheck(options), /board toaster/);
});

test.run();
