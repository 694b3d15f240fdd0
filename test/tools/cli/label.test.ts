import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeLabel } from '../../../shared/protocol/label.js';
import { sparrow, temporaryFolder } from './sparrow.js';

const test = suite('sparrow label');

const folder = temporaryFolder();
test.after(() => rmSync(folder, { recursive: true }));

test('a label lies where the broker of the data folder finds it', async () => {
  mkdirSync(join(folder, 'sparrow-data'));
  const args = ['label', '--device', 'esp32-1', '--label', '2', '--seconds', '30'];
  const { code, lines } = await sparrow(folder, args);
  assert.equal([code, lines.at(-1)], [0, 'esp32-1: label 2 for 30 s']);
  const frame = readFileSync(join(folder, 'sparrow-data', 'labels', 'esp32-1.label'));
  assert.equal(decodeLabel(frame, 'esp32-1'), { device: 'esp32-1', label: 2, seconds: 30 });
});

test('a name that is none, and a folder that is not there, are one line', async () => {
  const name = await sparrow(folder, ['label', '--device', 'a/b']);
  assert.match(name.errors.at(-1) ?? '', /^sparrow: device "a\/b", expected 1 to 23 of/);
  const nowhere = await sparrow(folder, ['label', '--device', 'a', '--folder', 'nowhere']);
  assert.match(
    nowhere.errors.at(-1) ?? '',
    /^sparrow: folder nowhere, expected the data folder of a broker$/,
  );
});

test.run();
