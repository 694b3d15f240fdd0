import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SELF_TEST, type SelfTestResult, selfTest } from '../../../firmware/federation/selftest.js';
import { skip } from '../../../tools/test/skip.js';
import { bundleForXs } from '../../../tools/xs/bundle.js';
import { findXs, XsEngine } from '../../../tools/xs/engine.js';

const test = suite('federation/selftest');

function run(sliceMacs: number): { result: SelfTestResult; longest: number; pauses: number } {
  const steps = selfTest(sliceMacs);
  let longest = 0;
  let pauses = 0;
  for (;;) {
    const step = steps.next();
    if (step.done) return { result: step.value, longest, pauses };
    longest = Math.max(longest, step.value);
    pauses++;
  }
}

test('Node gets the committed result, however it is sliced', () => {
  for (const slice of [1, 333, 10_000, Number.POSITIVE_INFINITY]) assert.equal(run(slice).result, SELF_TEST);
});

test('it pauses as a round does: no slice is longer than asked', () => {
  const { longest, pauses } = run(2000);
  assert.ok(longest <= 2000, `${longest}`);
  assert.ok(pauses > 300, `${pauses}`);
});

if (findXs() === undefined) {
  skip('xs', 'the XS engine is not built');
} else {
  test('XS gets the committed result', async () => {
    const engine = await XsEngine.start();
    try {
      const entry = join(import.meta.dirname, '../../../firmware/federation/selftest.ts');
      await engine.evaluate(await bundleForXs(entry));
      const result = await engine.evaluate(
        'const run = bundle.selfTest(5000); let step = run.next();' +
          'while (!step.done) step = run.next(); JSON.stringify(step.value)',
      );
      assert.equal(JSON.parse(result), SELF_TEST);
    } finally {
      await engine.close();
    }
  });
}

test.run();
