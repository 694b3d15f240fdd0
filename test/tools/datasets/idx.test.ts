import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseIdx } from '../../../tools/datasets/idx.js';
import { idxBytes, refuses } from './files.js';

const test = suite('datasets/idx');

test('sizes and values are read', () => {
  const { shape, values, valueStart } = parseIdx(idxBytes([2, 1, 3], [1, 2, 3, 253, 254, 255]), 3);
  assert.equal([...shape], [2, 1, 3]);
  assert.equal([...values], [1, 2, 3, 253, 254, 255]);
  assert.is(valueStart, 16);
});

test('the place of the bytes in their buffer does not matter', () => {
  const bytes = idxBytes([300], new Array<number>(300).fill(7));
  const moved = new Uint8Array(bytes.length + 5);
  moved.set(bytes, 3);
  assert.equal(parseIdx(moved.subarray(3, 3 + bytes.length), 1).shape, [300]);
});

test('a wrong header is refused with its byte', () => {
  refuses(() => parseIdx(new Uint8Array(7), 1), 'idx file of 7 bytes, expected a header of 8');
  refuses(() => parseIdx(idxBytes([2], [1, 2]), 3), 'idx file of 10 bytes, expected a header of 16');
  refuses(
    () => parseIdx(idxBytes([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), 1),
    'idx file, byte 0: magic 0x00000803, expected 0x00000801 (unsigned bytes, dimensions: 1)',
  );
  refuses(
    () => parseIdx(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0), 1),
    'idx file, byte 0: magic 0x1f8b0800, expected 0x00000801 (unsigned bytes, dimensions: 1)',
  );
  refuses(() => parseIdx(idxBytes([1, 0, 5], []), 3), 'idx file, byte 8: size 1 0, expected 1 or more');
});

test('every length but the right one is refused', () => {
  const bytes = idxBytes([2, 2, 1], [1, 2, 3, 4]);
  for (let length = 16; length < bytes.length; length++) {
    refuses(
      () => parseIdx(bytes.subarray(0, length), 3),
      `idx file of ${length} bytes, expected 20 for 2 × 2 × 1 values`,
    );
  }
  refuses(
    () => parseIdx(Uint8Array.from([...bytes, 0]), 3),
    'idx file of 21 bytes, expected 20 for 2 × 2 × 1 values',
  );
  refuses(
    () => parseIdx(idxBytes([2 ** 32 - 1, 2 ** 20, 2 ** 20], []), 3),
    `idx file of 16 bytes, expected ${(2 ** 32 - 1) * 2 ** 40 + 16} for 4294967295 × 1048576 × 1048576 values`,
  );
});

test.run();
