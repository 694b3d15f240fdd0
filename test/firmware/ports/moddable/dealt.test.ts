import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dealSource } from '../../../../tools/cli/deal.js';
import { loadDataset } from '../../../../tools/datasets/dataset.js';
import { moddableFiles } from '../../../../tools/emulator/moddablefiles.js';
import { skip } from '../../../../tools/test/skip.js';
import { missingForHost } from '../../../../tools/xs/build.js';
import { Folders } from '../../../broker/folder.js';
import { digitsSettings, openDigits } from '../../../tools/emulator/digits.js';
import { Chip, flashedChip, surroundings, WIFI } from './chips.js';

const test = suite('a chip that is dealt its examples, on XS');

const folders = new Folders();
test.after(() => folders.remove());

const missing = missingForHost();
if (missing !== undefined) skip('xs', missing);
else {
  test('it gets its part into the shard partition, within the memory of a board, and learns from it', async () => {
    const deal = dealSource(loadDataset('digits'), { partition: 'iid', clients: 9, seed: 1 });
    const broker = await openDigits(digitsSettings(folders.make(), { deal, cohort: 1, goal: 1, minimum: 1 }));
    const setup = { ...WIFI, device: 'desk-1', task: 'digits', broker: `laptop.lan:${broker.port}` };
    const around = surroundings();
    around.hosts = { 'laptop.lan': '127.0.0.1' };
    const chip = new Chip({
      engine: await moddableFiles({ board: 'esp32', task: 'digits' }),
      chip: flashedChip(setup, undefined),
      around,
      speed: 10,
    });
    chip.board.start();
    try {
      await chip.line(/^shard: part 1 of 9, \d+ examples$/);
      await chip.line(/^round 3 attempt 1: accepted$/);
      await broker.finished;
      chip.board.kill();
      chip.board.start();
      await chip.line(/^\d+ examples in flash$/);
      assert.is(
        chip.lines.filter((line) => /^shard:/.test(line)).length,
        1,
        'after a restart it has it still',
      );
    } finally {
      chip.board.kill();
      await broker.close();
    }
  });
}

test.run();
