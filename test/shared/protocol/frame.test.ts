import { crc32 } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { ProtocolError } from '../../../shared/protocol/error.js';
import {
  continueFrameCrc,
  decodeFrame,
  encodeFrame,
  FRAME_KINDS,
  frameCrc,
  MAX_HEAD_BYTES,
} from '../../../shared/protocol/frame.js';
import { fixChecksum } from './samples.js';

const test = suite('protocol/frame');
const head = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const parts = [Int16Array.of(-2, 258), Uint8Array.of(9)];

function hasCode(code: string): (e: unknown) => boolean {
  return (e) => e instanceof ProtocolError && e.code === code;
}

/** A frame with one byte changed and the checksum put right. */
function changed(at: number, byte: number): Uint8Array {
  const bytes = encodeFrame('update', head, parts);
  bytes[at] = byte;
  fixChecksum(bytes);
  return bytes;
}

test('the layout, byte by byte', () => {
  const bytes = encodeFrame('update', head, parts);
  const text = Buffer.from(bytes).toString('hex');
  assert.is(text.slice(0, 24), '666c0104' + '08000000' + '05000000');
  assert.is(text.slice(32), '0102030405060708' + 'feff0201' + '09');
  assert.is(frameCrc(bytes), crc32(bytes.subarray(16), crc32(bytes.subarray(0, 12))));
});

test('head and payload come back, the payload aligned', () => {
  const frame = decodeFrame('update', encodeFrame('update', head, parts));
  assert.is(frame.head.join(), head.join());
  assert.is(frame.payload.join(), '254,255,2,1,9');
  assert.is(frame.payload.byteOffset % 4, 0);
});

test('what is wrong with a header is told', () => {
  assert.throws(() => decodeFrame('update', new Uint8Array(15)), hasCode('length'));
  assert.throws(() => decodeFrame('update', changed(0, 0x67)), hasCode('magic'));
  assert.throws(() => decodeFrame('update', changed(2, 2)), hasCode('version'));
  assert.throws(() => decodeFrame('update', changed(3, 0)), hasCode('kind'));
  assert.throws(() => decodeFrame('update', changed(3, 8)), hasCode('kind'));
  assert.throws(() => decodeFrame('update', changed(4, 6)), hasCode('length'));
  assert.throws(() => decodeFrame('update', changed(5, 8)), hasCode('length')); // a head of 2,056 bytes
  assert.throws(() => decodeFrame('update', changed(11, 255)), hasCode('length')); // a payload of 4 GB
  const bytes = encodeFrame('update', head, parts);
  bytes[20] ^= 1;
  assert.throws(() => decodeFrame('update', bytes), hasCode('checksum'));
});

test('a frame of one kind is no frame of another', () => {
  for (const kind of FRAME_KINDS) {
    const bytes = encodeFrame(kind, head, []);
    for (const other of FRAME_KINDS) {
      if (other === kind) assert.is(decodeFrame(other, bytes).head.length, head.length);
      else assert.throws(() => decodeFrame(other, bytes), hasCode('kind'));
    }
  }
});

test('heads that would misalign the payload or are too long are a programmer’s error', () => {
  for (const length of [3, MAX_HEAD_BYTES + 4]) {
    assert.throws(
      () => encodeFrame('plan', new Uint8Array(length), []),
      (e: unknown) => e instanceof RangeError,
    );
  }
});

test('the checksum of a frame that comes in pieces of any length', () => {
  const random = new Random(1);
  const bytes = encodeFrame('model', head, [Uint8Array.from({ length: 90 }, () => random.below(256))]);
  for (let trial = 0; trial < 200; trial++) {
    let crc = 0;
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + 1 + random.below(30));
      crc = continueFrameCrc(crc, at, bytes.subarray(at, end));
      at = end;
    }
    assert.is(crc, frameCrc(bytes));
  }
});

test.run();
