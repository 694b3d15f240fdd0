import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkTarget, preloadWarnings } from '../../../tools/firmware/gate.js';
import { findSdk } from '../../../tools/firmware/sdk.js';
import { skip } from '../../../tools/test/skip.js';

const test = suite('firmware/gate');

const ROOT = join(import.meta.dirname, '../../..');

test('of the warnings of a build, only those that we can mend count', () => {
  const ours = '### warning: shared/fixed/power: powerTable() FOURTH_ROOT: not frozen';
  const state = '### warning: firmware/federation/link: Link() connections: no const';
  const log = [
    '# xsl modules',
    '### warning: typed-binary: bin: not frozen',
    '### warning: wifi: default() state: no const',
    '### warning: shared/masks/blocks: topkInBlocks.prototype: not frozen',
    ours,
    state,
  ];
  assert.equal(preloadWarnings(log.join('\n')), [ours, state]);
});

const sdk = findSdk();
if (typeof sdk === 'string') {
  skip('moddable', sdk);
} else {
  const TARGET = 'nodemcu';
  const root = mkdtempSync(join(tmpdir(), 'sparrow-'));
  const path = (file: string) => join(root, 'tree', file);
  const manifest = { path: path('manifest.json'), name: 'sparrow' };
  const gate = { sdk, manifest, folder: join(root, 'out') };
  for (const part of ['shared', 'firmware', 'manifest.json']) {
    cpSync(join(ROOT, part), path(part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), path('node_modules'));

  /** Changes a file, runs the gate, puts the file back. */
  const planted = async (file: string, plant: () => void): Promise<string> => {
    const before = readFileSync(path(file));
    plant();
    const found = await checkTarget(gate, TARGET).then(
      (warnings) => warnings.join('\n'),
      (error: Error) => error.message,
    );
    writeFileSync(path(file), before);
    return found;
  };

  test.after(() => rmSync(root, { recursive: true, force: true }));

  test('the firmware passes', async () => {
    assert.equal(await checkTarget(gate, TARGET), []);
  });

  test('a type error fails it', async () => {
    const file = 'firmware/ports/moddable/clock.ts';
    const found = await planted(file, () => appendFileSync(path(file), "export const ms: number = '5';\n"));
    assert.match(found, /clock\.ts\(\d+,\d+\): error TS2322/);
  });

  test('module state that is not constant fails it', async () => {
    const file = 'firmware/federation/backoff.ts';
    const state = '\nlet calls = 0;\nexport function count(): number {\n  calls += 1;\n  return calls;\n}\n';
    const found = await planted(file, () => appendFileSync(path(file), state));
    assert.match(found, /^### warning: firmware\/federation\/backoff: count\(\) calls: no const$/m);
  });

  test('a folder that the manifest forgets fails it', async () => {
    const text = readFileSync(path('manifest.json'), 'utf8');
    const without = text.replace(/ *"firmware\/flash\/\*".*\n/, '');
    const found = await planted('manifest.json', () => writeFileSync(path('manifest.json'), without));
    assert.match(found, /module ".*flash\/.*" not found/);
  });
}

test.run();
