import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { told } from '../../../tools/test/hook.js';
import { Siege, sleep } from './siege.js';

const test = suite('attack on a name');

/** A name changes hands as often, not more. */
const HOLD_MS = 3000;
const TAKEN = /emu-0001: name taken by another connection, cut/;
const HELD = /emu-0001: name taken a moment ago, expected 3000 ms between two connections/;

let siege: Siege;
test.before(
  told(async () => {
    siege = await Siege.begin();
  }),
);
test.after(() => siege.end());

test('a stranger that takes the name of a board again and again cannot keep its updates out', async () => {
  let takeovers = 0;
  const startMs = performance.now();
  await siege.under(
    async (signal) => {
      while (!signal.aborted) {
        const socket = await siege.member('emu-0001', (bytes) => {
          if (bytes[0] === 0x20 && bytes[3] === 0) takeovers += 1;
        });
        while (!signal.aborted && !socket.destroyed) await sleep(2);
      }
    },
    {
      rounds: 10, // every one needs the board
      isEnough: () => siege.logged(TAKEN).length >= 2 && siege.logged(HELD).length > 0,
    },
  );
  const changes = (performance.now() - startMs) / HOLD_MS;
  assert.ok(takeovers >= 1 && takeovers <= 1 + changes, `${takeovers} takeovers in ${changes} times 3 s`);
});

test.run();
