import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { bitmapBytes, countBits, readPositions, setPositions } from '../../../shared/masks/bitmap.js';

const test = suite('masks/bitmap');

test('every byte gives its own bits back', () => {
  for (let byte = 0; byte < 256; byte++) {
    const expected = [0, 1, 2, 3, 4, 5, 6, 7].filter((i) => (byte >> i) & 1);
    const bitmap = Uint8Array.of(0, byte);
    assert.is(countBits(bitmap), expected.length);
    const out = new Uint32Array(expected.length);
    readPositions(out, bitmap);
    assert.is(out.join(), expected.map((i) => 8 + i).join());
  }
});

test('positions come back, ascending', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 100; trial++) {
    const n = 1 + random.below(500);
    const one = new Uint8Array(bitmapBytes(n));
    const places: number[] = [];
    for (let i = 0; i < n; i++) {
      if (random.below(3) > 0) continue;
      places.push(i);
      one[i >>> 3] |= 1 << (i & 7);
    }
    const whole = new Uint8Array(bitmapBytes(n));
    setPositions(whole, Uint32Array.from(places));
    assert.is(whole.join(), one.join());
    assert.is(countBits(whole), places.length);
    const out = new Uint32Array(places.length);
    readPositions(out, whole);
    assert.is(out.join(), places.join());
    for (let i = 0; i < n; i++) assert.is(((whole[i >>> 3] >> (i & 7)) & 1) === 1, places.includes(i));
  }
});

test.run();
