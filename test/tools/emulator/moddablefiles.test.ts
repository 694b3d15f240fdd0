import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bundleForChip, manifestLimits } from '../../../tools/emulator/moddablefiles.js';
import { Folders } from '../../broker/folder.js';

const test = suite('the script of a board on stand-ins');

const folders = new Folders();
test.after(() => folders.remove());

/** @returns what bundling a firmware with this text says */
async function bundled(text: string): Promise<string> {
  const entry = join(folders.make(), 'main.ts');
  writeFileSync(entry, text);
  return bundleForChip({ board: 'esp32', task: 'digits' }, entry);
}

async function refusal(text: string): Promise<string> {
  try {
    await bundled(text);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('bundled, expected a refusal');
}

test('a module of the SDK without a stand-in is named, with the file that imports it', async () => {
  const said = await refusal(
    "import Digital from 'embedded:io/digital';\nexport default () => new Digital();",
  );
  assert.match(said, /no stand-in for the SDK's module embedded:io\/digital, expected one in/);
  assert.match(said, /imported by .*main\.ts/);
});

test('a module that is missing is named', async () => {
  assert.match(
    await refusal("import { far } from './far.js';\nexport default far;"),
    /Could not resolve "\.\/far\.js"/,
  );
});

test('what mcconfig was told is in mc/config', async () => {
  const script = await bundled("import config from 'mc/config';\nexport default () => trace(config.task);");
  assert.match(script, /"task": ?"digits"/);
});

test('the limits of an engine are those of the board’s manifest', () => {
  const plain = manifestLimits('esp32');
  assert.is(plain.sumBytes, plain.chunkBytes + 16 * (plain.slots + plain.stackSlots));
  const pool = manifestLimits('esp32-c3');
  assert.is(pool.sumBytes, 94_208);
  assert.is(pool.chunkBytes, 94_208);
});

test.run();
