import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { findDisorder, listBits, listMissing, setBits } from '../../../shared/masks/listing.js';
import { randomPositions } from './sets.js';

const test = suite('masks/listing');

test('the first position that does not ascend, or lies beyond the end, is found', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 300; trial++) {
    const n = 1 + random.below(100);
    const positions = randomPositions(n, random.below(n + 1), random);
    const { length } = positions;
    if (length > 0 && trial % 2 === 1) positions[random.below(length)] = random.below(n + 3);
    const from = random.below(length + 1);
    let wrong = length;
    for (let i = length - 1; i >= from; i--) {
      if (positions[i] >= n || (i > 0 && positions[i] <= positions[i - 1])) wrong = i;
    }
    assert.is(findDisorder(positions, n, from, length), wrong);
  }
});

test('missing places are listed and bits set, in any pieces', () => {
  const random = new Random(2);
  for (let trial = 0; trial < 200; trial++) {
    const n = 1 + random.below(100);
    const positions = randomPositions(n, random.below(n + 1), random);
    const count = positions.length;
    const missing = new Uint32Array(n - count);
    let listed = 0;
    for (let from = 0; from < n; ) {
      const to = Math.min(n, from + 1 + random.below(30));
      listed = listMissing(missing, n - count, positions, count, listed, from, to);
      from = to;
    }
    assert.is(listed, count);
    const expected = Array.from({ length: n }, (_, i) => i).filter((i) => !positions.includes(i));
    assert.is(missing.join(), expected.join());

    const bitmap = new Uint8Array((n + 7) >> 3);
    const cut = random.below(count + 1);
    setBits(bitmap, bitmap.length, positions, 0, cut);
    setBits(bitmap, bitmap.length, positions, cut, count);
    const bits = Array.from({ length: n }, (_, i) => i).filter((i) => (bitmap[i >> 3] >> (i & 7)) & 1);
    assert.is(bits.join(), positions.join());

    const room = random.below(count + 1);
    const back = new Uint32Array(n);
    assert.is(listBits(back, room, bitmap, bitmap.length), room);
    assert.is(listBits(back, n, bitmap, bitmap.length), count);
    assert.is(back.subarray(0, count).join(), positions.join());
  }
});

test.run();
