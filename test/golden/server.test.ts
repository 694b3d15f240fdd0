import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../tools/test/skip.js';
import { bundleForXs } from '../../tools/xs/bundle.js';
import { findXs, XsEngine } from '../../tools/xs/engine.js';
import { SERVER_NAMES, SERVER_ROUNDS, serverRun } from './server.js';
import { type ServerHashes, serverHashesOf } from './serverhash.js';

const test = suite('golden server');

const GOLDEN = JSON.parse(readFileSync(join(import.meta.dirname, 'server.json'), 'utf8')) as Record<
  string,
  ServerHashes
>;

test('there is a hash for every run, and no other', () => {
  assert.equal(Object.keys(GOLDEN), SERVER_NAMES);
});

for (const name of SERVER_NAMES) {
  test(`${name}: ${SERVER_ROUNDS} rounds give the golden model and state`, () => {
    assert.equal(serverHashesOf(serverRun(name)), GOLDEN[name]);
  });
}

test('no two runs end alike, every round moves the model, and parameters reach their bounds', () => {
  const results = SERVER_NAMES.map(serverRun);
  for (const [i, { crcs, saturated }] of results.entries()) {
    assert.is(new Set(crcs).size, SERVER_ROUNDS, SERVER_NAMES[i]);
    // adam bounds each step, so nothing of it comes so far
    assert.is(saturated > 0, !SERVER_NAMES[i].startsWith('adam'), `${SERVER_NAMES[i]}: ${saturated}`);
  }
  const ends = results.map(({ model }) => createHash('sha256').update(model).digest('hex'));
  assert.is(new Set(ends).size, SERVER_NAMES.length);
});

if (findXs() === undefined) {
  skip('xs', 'the XS engine is not built');
} else {
  test('XS gives the golden model and state of every run', async () => {
    const engine = await XsEngine.start();
    try {
      await engine.evaluate(await bundleForXs(join(import.meta.dirname, 'server.ts')));
      for (const name of SERVER_NAMES) {
        await engine.evaluate(`globalThis.last = bundle.serverRun(${JSON.stringify(name)}); 0`);
        const [model, state, crcs] = [
          await engine.evaluateBytes('last.model'),
          await engine.evaluateBytes('last.state'),
          await engine.evaluateBytes('last.crcs'),
        ];
        assert.equal(serverHashesOf({ model, state, crcs }), GOLDEN[name], name);
      }
    } finally {
      await engine.close();
    }
  });
}

test.run();
