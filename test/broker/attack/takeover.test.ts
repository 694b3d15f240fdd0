import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { told } from '../../../tools/test/hook.js';
import { Siege, sleep } from './siege.js';

const test = suite('attack on a name');

let siege: Siege;
test.before(
  told(async () => {
    siege = await Siege.begin();
  }),
);
test.after(() => siege.end());

test('a stranger that takes the name of a board again and again cannot keep its updates out', async () => {
  let takeovers = 0;
  await siege.under(
    async (signal) => {
      while (!signal.aborted) {
        const socket = await siege.member('emu-0001', (bytes) => {
          if (bytes[0] === 0x20 && bytes[3] === 0) takeovers += 1;
        });
        while (!signal.aborted && !socket.destroyed) await sleep(2);
      }
    },
    { rounds: 10, leastMs: 6500 }, // every round needs the board; the name changes hands every 3 s
  );
  assert.ok(takeovers >= 1 && takeovers <= 4, `${takeovers} takeovers`);
  assert.ok(siege.logged(/emu-0001: name taken by another connection, cut/).length >= 2);
  assert.ok(
    siege.logged(/emu-0001: name taken a moment ago, expected 3000 ms between two connections/).length > 0,
  );
});

test.run();
