import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readFirmwareFile } from '../../../broker/storage/firmware.js';
import { isSignedBy } from '../../../firmware/update/signature.js';
import { NODE_CRYPTO } from '../../../tools/firmware/signature.js';
import { sparrow, temporaryFolder } from './sparrow.js';

const test = suite('cli/firmware');

const folder = temporaryFolder();
test.after(() => rmSync(folder, { recursive: true }));

async function firmware(...args: string[]): Promise<string[]> {
  const { code, lines, errors } = await sparrow(folder, ['firmware', ...args]);
  return code === 0 ? [...lines] : [`exit ${code}`, ...errors];
}

test('a key, a signed file and its place in the data folder', async () => {
  const [publicKey] = await firmware('key', 'maker.pem');
  assert.match(publicKey, /^[0-9a-f]{128}$/);
  assert.is(statSync(join(folder, 'maker.pem')).mode & 0o777, 0o600);
  assert.equal(await firmware('public', 'maker.pem'), [publicKey]);
  const image = Uint8Array.from({ length: 70_000 }, (_, i) => i * 7);
  writeFileSync(join(folder, 'xs.bin'), image);
  const sign = ['sign', 'xs.bin', '--key', 'maker.pem', '--target', 'm5atom', '--out', 'new.fw'];
  assert.equal(await firmware(...sign, '--release', '1.2.3'), [
    'new.fw: firmware 1.2.3 for m5atom, 70000 bytes',
  ]);
  const file = readFirmwareFile(join(folder, 'new.fw'));
  assert.ok(isSignedBy(new Uint8Array(Buffer.from(publicKey, 'hex')), file.firmware, NODE_CRYPTO));
  assert.ok(file.image.every((byte, i) => byte === image[i]));
  assert.equal(await firmware('publish', 'new.fw', '--folder', 'data'), [
    'data/firmware/m5atom.fw: firmware 1.2.3 for m5atom',
  ]);
  const place = join(folder, 'data/firmware/m5atom.fw');
  assert.ok(readFileSync(place).equals(readFileSync(join(folder, 'new.fw'))));
});

test('a damaged file is refused in one line, and no key is overwritten', async () => {
  const damaged = readFileSync(join(folder, 'new.fw'));
  damaged[5000] ^= 1;
  writeFileSync(join(folder, 'damaged.fw'), damaged);
  const [[, publish], [, key]] = await Promise.all([
    firmware('publish', 'damaged.fw', '--folder', 'other'),
    firmware('key', 'maker.pem'),
  ]);
  assert.is(publish, 'sparrow: firmware file damaged.fw: image, expected the one that was signed');
  assert.match(key, /^sparrow: EEXIST/);
  assert.not(existsSync(join(folder, 'other')));
});

test.run();
