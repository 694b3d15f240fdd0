import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../../tools/test/skip.js';
import { bundleForXs } from '../../../tools/xs/bundle.js';
import { findXs, XsEngine } from '../../../tools/xs/engine.js';
import { hashOfFixed, later, noise } from './entry.js';

const test = suite('xs/engine');

const HERE = import.meta.dirname;

async function withEngine(use: (engine: XsEngine) => Promise<void>): Promise<void> {
  const engine = await XsEngine.start();
  try {
    await use(engine);
  } finally {
    await engine.close();
  }
}

async function rejects(promise: Promise<unknown>, why: RegExp): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: Error) => reason,
  );
  assert.instance(error, Error);
  assert.match(error!.message, why);
}

test('a module that needs the platform cannot be bundled', () =>
  rejects(bundleForXs(join(HERE, 'engine.test.ts')), /Could not resolve "node:/));

if (findXs() === undefined) {
  skip('xs', 'the XS engine is not built');
} else {
  test('integer work gives the same bits on XS and on Node', () =>
    withEngine(async (engine) => {
      await engine.evaluate(await bundleForXs(join(HERE, 'entry.ts')));
      assert.is(await engine.evaluate('bundle.hashOfFixed()'), String(hashOfFixed()));
      const bytes = await engine.evaluateBytes('bundle.noise()');
      assert.ok(bytes.equals(noise()));
    }));

  test('it is XS that runs, not Node', () =>
    withEngine(async (engine) => {
      assert.is(
        await engine.evaluate('typeof process + typeof harden + typeof issueCommand'),
        'undefinedfunctionfunction',
      );
    }));

  test('a promise is waited for, and text keeps its characters', () =>
    withEngine(async (engine) => {
      await engine.evaluate(await bundleForXs(join(HERE, 'entry.ts')));
      assert.is(await engine.evaluate('bundle.later()'), await later());
      await rejects(engine.evaluate('new Promise(() => {})'), /never settled/);
      await rejects(engine.evaluate('Promise.reject(new Error("plum"))'), /XS: Error: plum/);
    }));

  test('what a program throws arrives with its message and stack, and the engine lives on', () =>
    withEngine(async (engine) => {
      await engine.evaluate(await bundleForXs(join(HERE, 'entry.ts')));
      await rejects(engine.evaluate('bundle.fail()'), /^XS: RangeError: pear 7, expected plum\n.*at fail/s);
      await rejects(engine.evaluate('let ='), /SyntaxError/);
      assert.is(await engine.evaluate('6 * 7'), '42');
    }));

  test('answers come in the order of the programs, large ones whole', () =>
    withEngine(async (engine) => {
      const sizes = [1, 300_000, 0, 70_000];
      const answers = await Promise.all(
        sizes.map((size) => engine.evaluateBytes(`new Uint8Array(${size}).fill(7)`)),
      );
      assert.equal(
        answers.map((answer) => answer.length),
        sizes,
      );
      assert.ok(answers.every((answer) => answer.every((byte) => byte === 7)));
    }));

  test('an engine that ends says why, to those who wait and to those who come later', () =>
    withEngine(async (engine) => {
      await rejects(engine.evaluate('(function f() { f(); f(); })()'), /XS ended: stack overflow/);
      await rejects(engine.evaluate('1'), /XS ended/);
    }));

  test('a closed engine gives up an endless program', async () => {
    const engine = await XsEngine.start();
    const endless = rejects(engine.evaluate('for (;;);'), /XS ended: closed/);
    await engine.close();
    await endless;
  });
}

test.run();
