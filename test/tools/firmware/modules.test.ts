import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { builtModules, neededModules, PRELOAD, preloadOrder } from '../../../tools/firmware/modules.js';

const test = suite('firmware/modules');

const ROOT = join(import.meta.dirname, '../../..');
const needed = neededModules(ROOT);

test('every module that a board needs is built in', () => {
  const built = new Set(builtModules(ROOT));
  const missing = needed.filter((name) => !built.has(name));
  assert.equal(missing, [], 'add their folders to manifest.json');
});

test('every module that is built in is preloaded', () => {
  const { preload } = JSON.parse(readFileSync(join(ROOT, PRELOAD), 'utf8')) as { preload: string[] };
  assert.equal(preload, preloadOrder(ROOT), 'run npm run firmware:preload');
});

test('what a board needs reaches from the entry to the kernels and the wire', () => {
  for (const name of ['firmware/kernels/dense', 'shared/protocol/update', 'typed-binary']) {
    assert.ok(needed.includes(name), name);
  }
  assert.not(needed.includes('shared/data/dirichlet')); // floats; for hosts that deal data
});

test('no folder of modules holds other JSON than a manifest: the SDK would build it in as a module', () => {
  const ours = builtModules(ROOT).filter((name) => name.includes('/')); // not packages
  const folders = [...new Set(ours.map((name) => dirname(name)))];
  const found = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((file) => join(folder, file)),
  );
  assert.equal(
    found.filter((file) => file.endsWith('.json') && !file.includes('/manifest.json')),
    [],
  );
});

test('a module named unlike its path is refused', () => {
  assert.throws(() => builtModules(join(import.meta.dirname, 'misnamed')), /expected the same name/);
});

test.run();
