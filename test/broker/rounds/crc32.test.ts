import { crc32 } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32Fast } from '../../../broker/rounds/crc32.js';
import { Random } from '../../../shared/fixed/random.js';
import { crc32Update } from '../../../shared/protocol/crc32.js';

const test = suite('rounds/crc32');

test('the check value of the standard', () => {
  const digits = Uint8Array.from('123456789', (digit) => digit.charCodeAt(0));
  assert.is(crc32Fast(0, digits), 0xcbf43926);
  assert.is(crc32Fast(0, new Uint8Array(0)), 0);
});

test('the same as the board and zlib, at every length and offset, in one piece and in many', () => {
  const random = new Random(1);
  const room = Uint8Array.from({ length: 600 }, () => random.below(256));
  for (let trial = 0; trial < 2000; trial++) {
    const from = random.below(20);
    const bytes = room.subarray(from, from + (trial < 100 ? trial : random.below(500)));
    assert.is(crc32Fast(0, bytes), crc32(bytes));
    let crc = 0;
    for (let at = 0; at < bytes.length; ) {
      const end = at + 1 + random.below(60);
      crc = (trial % 2 === 0 ? crc32Fast : crc32Update)(crc, bytes.subarray(at, end));
      crc = crc32Fast(crc, bytes.subarray(end, (at = end + random.below(40))));
    }
    assert.is(crc, crc32(bytes));
  }
});

test.run();
