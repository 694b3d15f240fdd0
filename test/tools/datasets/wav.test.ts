import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseWav } from '../../../tools/datasets/wav.js';
import { refuses, wavBytes } from './files.js';

const test = suite('datasets/wav');

const SAMPLES = [0, 1, -1, 32767, -32768];

function refusesWav(bytes: Uint8Array, message: string): void {
  refuses(() => parseWav(bytes, 16_000), `wav file${message}`);
}

/** The same bytes with another value at an offset. */
function changed(offset: number, ...values: number[]): Uint8Array {
  const bytes = wavBytes(SAMPLES);
  bytes.set(values, offset);
  return bytes;
}

test('samples are read', () => {
  const { samples, sampleRate } = parseWav(wavBytes(SAMPLES), 16_000);
  assert.equal([[...samples], sampleRate], [SAMPLES, 16_000]);
  assert.equal([...parseWav(wavBytes([5], { sampleRate: 8000 }), 8000).samples], [5]);
});

test('other chunks are passed over, those of odd length with their padding', () => {
  const list = [...new TextEncoder().encode('LIST'), 3, 0, 0, 0, 65, 66, 67, 0];
  assert.equal([...parseWav(wavBytes(SAMPLES, { before: list, formatBytes: 18 }), 16_000).samples], SAMPLES);
});

test('the place of the bytes in their buffer does not matter', () => {
  const bytes = wavBytes(SAMPLES);
  const moved = new Uint8Array(bytes.length + 1);
  moved.set(bytes, 1);
  assert.equal([...parseWav(moved.subarray(1), 16_000).samples], SAMPLES);
});

test('another format is named with its byte', () => {
  refusesWav(wavBytes(SAMPLES, { code: 3 }), ', byte 20: format code 3, expected 1 (PCM)');
  refusesWav(wavBytes(SAMPLES, { channels: 2 }), ', byte 22: channels 2, expected 1');
  refusesWav(wavBytes(SAMPLES, { sampleRate: 44_100 }), ', byte 24: sample rate 44100, expected 16000');
  refusesWav(wavBytes(SAMPLES, { bits: 8 }), ', byte 34: bits per sample 8, expected 16');
});

test('a broken file is named with its byte', () => {
  refusesWav(new Uint8Array(11), ' of 11 bytes, expected 12 or more');
  refusesWav(changed(3, 88), ', byte 0: tag "RIFX", expected "RIFF"');
  refusesWav(changed(8, 88), ', byte 8: tag "XAVE", expected "WAVE"');
  refusesWav(changed(16, 15), ', byte 16: size of chunk "fmt " 15, expected 16 or more');
  refusesWav(changed(12, 88), ', byte 36: chunk "data", expected "fmt " before it');
  refusesWav(changed(40, 11), ', byte 40: size of chunk "data" 11, expected at most 10, where the file ends');
  refusesWav(changed(40, 9), ', byte 40: size of chunk "data" 9, expected a multiple of 2');
  refusesWav(changed(36, 88), ' of 54 bytes without a chunk "data", expected one');
});

test('every file that ends too early is refused', () => {
  const bytes = wavBytes(SAMPLES);
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => parseWav(bytes.subarray(0, length), 16_000), /^wav file/);
  }
});

test.run();
