import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FIRMWARE_VERSION } from '../../../../firmware/federation/settings.js';
import { releaseOf } from '../../../../firmware/ports/moddable/release.js';

const test = suite('moddable/release');

const KEY = '0123456789abcdef'.repeat(8);

test('a build without a key cannot be replaced', () => {
  assert.is(releaseOf({ target: 'm5atom', release: '1.2.3' }, 'esp32'), undefined);
});

test('a build knows its target, its version and the key of its maker', () => {
  const release = releaseOf({ target: 'm5atom', release: '1.2.3', key: KEY }, 'esp32');
  assert.is(release?.target, 'm5atom');
  assert.is(release?.version, 0x010203);
  assert.equal([...(release?.key.subarray(0, 3) ?? [])], [0x01, 0x23, 0x45]);
  assert.is(release?.key.length, 64);
});

test('what is left out is the board profile and the version of the source', () => {
  const release = releaseOf({ key: KEY }, 'esp32-s3');
  assert.is(release?.target, 'esp32-s3');
  assert.is(release?.version, FIRMWARE_VERSION);
});

test('what cannot be right is refused by name', () => {
  assert.throws(() => releaseOf({ key: 'abc' }, 'esp32'), /^key of 3 characters/);
  assert.throws(() => releaseOf({ key: `g${KEY.slice(1)}` }, 'esp32'), /hex digits/);
  assert.throws(() => releaseOf({ key: KEY, release: '1.2' }, 'esp32'), /release 1.2, expected/);
  assert.throws(() => releaseOf({ key: KEY, release: '1.256.0' }, 'esp32'), /release 1.256.0, expected/);
  assert.throws(() => releaseOf({ key: KEY, target: 'M5 Atom' }, 'esp32'), /target "M5 Atom"/);
});

test.run();
