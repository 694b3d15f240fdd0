import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TEARS } from '../../../tools/emulator/chip.js';
import { skip } from '../../../tools/test/skip.js';
import { bundleForXs } from '../../../tools/xs/bundle.js';
import { findXs, XsEngine } from '../../../tools/xs/engine.js';
import { cutEverywhere, frameOf, SAVES_PER_LOG_SECTOR, workOfNext, wornChip } from './checkpoint.js';

const test = suite('flash power loss');

/** Checkpoints before the one that is cut, and the sectors that it erases: 0 and 1 are the log's. */
const LIVES = {
  'of a new board': { before: 0, erased: [0, 2, 3], ways: [TEARS] },
  'that goes around the end of the area': { before: 3, erased: [2, 8], ways: [TEARS] },
  'that erases a sector of the log': {
    before: SAVES_PER_LOG_SECTOR,
    erased: [1, 5, 6],
    ways: TEARS.map((tear) => [tear]),
  },
};

for (const [life, { before, erased, ways }] of Object.entries(LIVES)) {
  for (const tears of ways) {
    test(`power cut at every write and erase of a checkpoint ${life} (torn: ${tears.join(', ')}) leaves a model`, () => {
      assert.equal(workOfNext(wornChip(before), frameOf(before + 1)).erased, erased);
      const { tried, failed } = cutEverywhere({ before, tears, stride: 1 });
      assert.is(failed, '');
      assert.ok(tried > frameOf(1).length, `${tried} cut points`);
    });
  }
}

if (findXs() === undefined) {
  skip('xs', 'the XS engine is not built');
} else {
  test('on XS, cuts at every 97th write leave a model, too', async () => {
    const engine = await XsEngine.start();
    try {
      await engine.evaluate(await bundleForXs(join(import.meta.dirname, 'checkpoint.ts')));
      for (const before of [0, 3]) {
        const trial = { before, tears: TEARS, stride: 97 };
        const answer = await engine.evaluate(
          `JSON.stringify(bundle.cutEverywhere(${JSON.stringify(trial)}))`,
        );
        const { tried, failed } = JSON.parse(answer);
        assert.is(failed, '');
        assert.ok(tried > 40, `${tried} cut points`);
      }
    } finally {
      await engine.close();
    }
  });
}

test.run();
