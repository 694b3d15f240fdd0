import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFirmwareFile, parseFirmwareFile } from '../../../broker/storage/firmware.js';
import { makeKey, signFirmware } from '../../../tools/firmware/signature.js';

const test = suite('storage/firmware');

const image = Uint8Array.from({ length: 5000 }, (_, i) => i * 7);
const firmware = signFirmware(image, { target: 'm5atom', version: 7 }, makeKey());
const file = formatFirmwareFile({ firmware, image });

test('a signed file comes back as it was', () => {
  const parsed = parseFirmwareFile(file);
  assert.equal(parsed.firmware, firmware);
  assert.ok(parsed.image.every((byte, i) => byte === image[i]));
});

test('a part of a file, and one with more behind it, are refused', () => {
  for (const length of [0, 15, 16, 135, 136, 137, file.length - 1]) {
    assert.throws(() => parseFirmwareFile(file.subarray(0, length)), /expected/, `${length} bytes`);
  }
  assert.throws(() => parseFirmwareFile(new Uint8Array([...file, 0])), /image of 5001 bytes, expected 5000/);
});

test('any changed byte is noticed', () => {
  for (let at = 0; at < file.length; at += 37) {
    const damaged = file.slice();
    damaged[at] ^= 0x20;
    assert.throws(() => parseFirmwareFile(damaged), /expected/, `byte ${at}`);
  }
});

test.run();
