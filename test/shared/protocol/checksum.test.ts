import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { crcRegister } from '../../../shared/protocol/checksum.js';

const test = suite('protocol/checksum');

/** Bit by bit. */
function slow(register: number, bytes: Uint8Array): number {
  let c = register;
  for (const byte of bytes) {
    c ^= byte;
    for (let bit = 0; bit < 8; bit++) c = (c >>> 1) ^ (0xedb88320 & -(c & 1));
  }
  return c | 0;
}

test('the register after bytes is that of the polynomial, in any pieces', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 100; trial++) {
    const bytes = Uint8Array.from({ length: random.below(100) }, () => random.below(256));
    const cut = random.below(bytes.length + 1);
    const first = random.next() | 0;
    const middle = crcRegister(first, bytes, 0, cut);
    assert.is(crcRegister(middle, bytes, cut, bytes.length), slow(first, bytes));
  }
});

test.run();
