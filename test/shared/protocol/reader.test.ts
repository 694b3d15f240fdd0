import { BufferReader, i8, i16, i32, object, u8, u8Array, u16, u32 } from 'typed-binary';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { FieldReader } from '../../../shared/protocol/reader.js';

const test = suite('protocol/reader');

const EVERY = object({ a: u8, b: u16, c: i8, d: u32, hash: u8Array(5), e: i16, f: i32 });
const BYTES = 1 + 2 + 1 + 4 + 5 + 2 + 4;

test("reads every kind of field as typed-binary's own reader does, from any offset", () => {
  const random = new Random(1);
  const room = Uint8Array.from({ length: 60 }, () => random.below(256));
  for (let offset = 0; offset <= room.length - BYTES; offset++) {
    const bytes = room.subarray(offset, offset + BYTES);
    const reader = new FieldReader(bytes);
    const own = new BufferReader(bytes.slice().buffer, { endianness: 'little' });
    assert.equal(EVERY.read(reader), EVERY.read(own));
    assert.is(reader.currentByteOffset, BYTES);
  }
});

test('an array of bytes is a copy', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const copy = u8Array(3).read(new FieldReader(bytes));
  bytes.fill(9);
  assert.is(copy.join(), '1,2,3');
});

test('nothing beside the view is read', () => {
  const room = new Uint8Array(60).fill(7);
  for (let length = 0; length < BYTES; length++) {
    const reader = new FieldReader(room.subarray(20, 20 + length));
    assert.throws(
      () => EVERY.read(reader),
      (error: unknown) => error instanceof RangeError,
    );
  }
});

test.run();
