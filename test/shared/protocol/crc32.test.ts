import { crc32 } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { crc32Update } from '../../../shared/protocol/crc32.js';

const test = suite('protocol/crc32');

test('the check value of the standard', () => {
  const digits = Uint8Array.from('123456789', (digit) => digit.charCodeAt(0));
  assert.is(crc32Update(0, digits), 0xcbf43926);
  assert.is(crc32Update(0, new Uint8Array(0)), 0);
});

test('zlib gives the same, in one piece and in many', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 100; trial++) {
    const bytes = Uint8Array.from({ length: random.below(500) }, () => random.below(256));
    assert.is(crc32Update(0, bytes), crc32(bytes));
    let crc = 0;
    for (let at = 0; at < bytes.length; ) {
      const end = at + 1 + random.below(40);
      crc = crc32Update(crc, bytes.subarray(at, end));
      at = end;
    }
    assert.is(crc, crc32(bytes));
  }
});

test.run();
