import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../tools/test/skip.js';
import { bundleForXs } from '../../tools/xs/bundle.js';
import { findXs, XsEngine } from '../../tools/xs/engine.js';
import { type GoldenHashes, hashesOf } from './hash.js';
import { goldenRun, NAMES } from './run.js';

const test = suite('golden');

const GOLDEN = JSON.parse(readFileSync(join(import.meta.dirname, 'golden.json'), 'utf8')) as Record<
  string,
  GoldenHashes
>;

/** One row at a time, odd numbers, everything at once. */
const SLICES = [1, 777, 10_001, Number.POSITIVE_INFINITY];

test('there is a hash for every run, and no other', () => {
  assert.equal(Object.keys(GOLDEN), NAMES);
});

for (const name of NAMES) {
  test(`${name}: 500 steps give the golden weights and update, however they are sliced`, () => {
    for (const slice of SLICES) {
      const result = goldenRun(name, slice);
      assert.ok(result.steps >= 500, `${result.steps} steps`);
      assert.equal(hashesOf(result), GOLDEN[name], `slices of ${slice}`);
    }
  });
}

test('no two runs end alike, and every run moves many weights', () => {
  assert.is(new Set(NAMES.flatMap((name) => Object.values(GOLDEN[name]))).size, 2 * NAMES.length);
  for (const name of NAMES) {
    const { weights, start } = goldenRun(name, Number.POSITIVE_INFINITY);
    const before = new Int16Array(start.buffer);
    const moved = new Int16Array(weights.buffer).filter((w, i) => w !== before[i]).length;
    assert.ok(moved > before.length / 10, `${name}: ${moved} of ${before.length}`);
  }
});

if (findXs() === undefined) {
  skip('xs', 'the XS engine is not built');
} else {
  test('XS gives the golden weights and update of every run', async () => {
    const engine = await XsEngine.start();
    try {
      await engine.evaluate(await bundleForXs(join(import.meta.dirname, 'run.ts')));
      for (const name of NAMES) {
        await engine.evaluate(`globalThis.last = bundle.goldenRun(${JSON.stringify(name)}, 1001); 0`);
        const weights = await engine.evaluateBytes('last.weights');
        const update = await engine.evaluateBytes('last.update');
        assert.equal(hashesOf({ weights, update }), GOLDEN[name], name);
      }
    } finally {
      await engine.close();
    }
  });
}

test.run();
