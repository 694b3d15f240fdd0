import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../../tools/test/skip.js';
import { bundleForXs } from '../../../tools/xs/bundle.js';
import { findXs, XsEngine } from '../../../tools/xs/engine.js';
import { run } from './lives.js';

const test = suite('flash lives');

const LIVES = 120;

test('setup, trial, boot choice and windows are sound after each of many power cuts', () => {
  assert.match(run(LIVES), /^120 120 /);
});

if (findXs() === undefined) {
  skip('xs', 'the XS engine is not built');
} else {
  test('XS leaves the same bytes in flash as Node', async () => {
    const engine = await XsEngine.start();
    try {
      await engine.evaluate(await bundleForXs(join(import.meta.dirname, 'lives.ts')));
      assert.is(await engine.evaluate(`bundle.run(${LIVES})`), run(LIVES));
    } finally {
      await engine.close();
    }
  });
}

test.run();
