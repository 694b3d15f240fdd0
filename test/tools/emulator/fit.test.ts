import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BOARD_NAMES, boardProfile } from '../../../shared/model/boards.js';
import { heapOf } from '../../../shared/model/heap.js';
import { PRESETS } from '../../../shared/model/recipe.js';
import { type Fit, fitsOf, needOf } from '../../../tools/cli/fit.js';
import { ZOO } from '../../../tools/datasets/zoo.js';
import { runStand } from '../../../tools/emulator/stand.js';
import type { XsEngineFiles } from '../../../tools/emulator/xsboard.js';
import { xsFiles } from '../../../tools/emulator/xsfiles.js';
import { told } from '../../../tools/test/hook.js';
import { skip } from '../../../tools/test/skip.js';
import { compiles, missingForHost } from '../../../tools/xs/build.js';
import { Folders } from '../../broker/folder.js';
import { taskOf } from './task.js';

const test = suite('networks of the zoo that fit a board');

const folders = new Folders();
test.after(() => folders.remove());

const OPTIONS = { density: 0.05, batch: 8, examples: 200 } as const;
const ROUNDS = 2;

test('a need is what a board adds up in its first round', () => {
  for (const description of ZOO) {
    for (const preset of PRESETS) {
      const { need } = taskOf(description, preset, { ...OPTIONS, rounds: 0 });
      assert.is(needOf(description, preset, OPTIONS).bytes, need.bytes, `${description.name} ${preset}`);
    }
  }
});

const missing = missingForHost();
if (missing !== undefined) skip('c', missing);
else if (!compiles(32)) skip('multilib', 'the compiler makes no 32-bit programs (gcc-multilib)');
else {
  let engine: XsEngineFiles;
  test.before(
    told(async () => {
      engine = await xsFiles(console.log, true, folders.make());
    }),
  );

  test('in batches of four, spoken words fit a plain esp32 with sparrow and with one mask for all', async () => {
    const board = boardProfile('esp32');
    const options = { ...OPTIONS, batch: 4 };
    for (const preset of ['sparrow', 'mask'] as const) {
      const largest = fitsOf(board, preset, options).findLast(({ fits }) => fits) as Fit;
      assert.is(largest.description.name, 'speech12-kws');
      const task = taskOf(largest.description, preset, { ...options, rounds: ROUNDS });
      const end = await runStand({ engine, board: board.name, ...task.stand, limits: heapOf(board) });
      assert.is(end.ended, undefined, end.ended);
      assert.is(end.updates.length, ROUNDS);
      assert.ok(end.updates.every((update, i) => Buffer.from(update).equals(task.expected[i])));
      console.log(`esp32 ${preset}, batch 4: ${tell(largest)} trained ${ROUNDS} rounds`);
    }
  });

  for (const name of BOARD_NAMES) {
    const board = boardProfile(name);
    test(`${name}: what should fit trains in its heap, and the next larger is refused with the sum`, async () => {
      for (const preset of PRESETS) {
        const fits = fitsOf(board, preset, OPTIONS);
        const largest = fits.findLast((fit) => fit.fits);
        const next = fits.find((fit) => !fit.fits);
        if (largest !== undefined) {
          // the last cell of the largest board: long enough to see that nothing is left behind in the heap
          const rounds = name === 'esp32-s3-psram' && preset === 'sparrow' ? 10 : ROUNDS;
          const task = taskOf(largest.description, preset, { ...OPTIONS, rounds });
          const end = await runStand({ engine, board: name, ...task.stand, limits: heapOf(board) });
          const what = `${largest.description.name} ${preset}`;
          assert.is(end.ended, undefined, `${what}: ${end.ended}`);
          assert.equal(end.lines, [], what);
          assert.is(end.updates.length, rounds, what);
          assert.ok(
            end.updates.every((update, i) => Buffer.from(update).equals(task.expected[i])),
            what,
          );
          console.log(
            `${name} ${preset}: ${tell(largest)} trained ${rounds} rounds, ${end.memory?.free} B left`,
          );
        }
        if (next !== undefined) {
          const task = taskOf(next.description, preset, { ...OPTIONS, rounds: 0 });
          const { plans } = taskOf(next.description, preset, { ...OPTIONS, examples: 10, rounds: 1 }).stand;
          const stand = { ...task.stand, plans };
          const end = await runStand({ engine, board: name, ...stand, limits: heapOf(board) });
          assert.equal(end.updates, []);
          assert.is(end.ended, undefined);
          const sum = next.need.rows.map((row) => `${row.name} ${row.bytes}`).join(' + ');
          const refusal = `board ${name} has ${board.ramBytes} B, the model needs ${next.need.bytes} B = ${sum}`;
          assert.equal(end.lines, [`round 1 failed: RangeError ${refusal}`]);
          console.log(`${name} ${preset}: ${tell(next)} refused`);
        }
      }
    });
  }
}

function tell({ description, need }: Fit): string {
  return `${description.name}, ${need.bytes} B,`;
}

test.run();
