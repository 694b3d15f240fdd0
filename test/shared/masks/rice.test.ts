import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { MaskError } from '../../../shared/masks/error.js';
import { bestGaps, gapBits, MAX_RICE, readGaps, writeGaps } from '../../../shared/masks/rice.js';
import { finish } from '../../../shared/masks/work.js';
import { randomPositions } from './sets.js';

const test = suite('masks/rice');
const isMaskError = (e: unknown) => e instanceof MaskError;

test('the bits of a known list', () => {
  // k = 1: gap 0 = 1 0, gap 3 = 0 1 1, gap 2 = 0 1 0; the first bit is the lowest of the byte
  const bytes = new Uint8Array(1);
  assert.is(writeGaps(bytes, 0, Uint32Array.of(0, 4, 7), 1), 8);
  assert.is(bytes[0], 0b010_110_01);
});

test('any list comes back, with any k and from any bit, written at once or in pieces', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 500; trial++) {
    const n = 1 + random.below([10, 300, 70000][random.below(3)]);
    const places = randomPositions(n, Math.floor(n / (1 + random.below(40))), random);
    const at = random.below(20);
    const k = random.below(1 + [0, 3, 8, MAX_RICE][random.below(4)]);
    const end = at + gapBits(places, k);
    const bytes = new Uint8Array((end + 7) >> 3);
    assert.is(writeGaps(bytes, at, places, k), end);
    const out = new Uint32Array(places.length);
    assert.is(readGaps(out, bytes, at, k, n), end);
    assert.is(out.join(), places.join());
    const cut = random.below(places.length + 1);
    const pieces = new Uint8Array(bytes.length);
    const middle = writeGaps(pieces, at, places, k, 0, cut);
    assert.is(middle, at + gapBits(places, k, 0, cut));
    assert.is(writeGaps(pieces, middle, places, k, cut), end);
    assert.is(pieces.join(), bytes.join());
  }
});

test('the largest gaps and the largest k come back', () => {
  const n = 2 ** 28;
  for (const k of [14, MAX_RICE]) {
    const places = Uint32Array.of(0, n - 2, n - 1);
    const bytes = new Uint8Array((gapBits(places, k) + 7) >> 3);
    writeGaps(bytes, 0, places, k);
    const out = new Uint32Array(3);
    readGaps(out, bytes, 0, k, n);
    assert.is(out.join(), places.join());
  }
});

test('the best k is the smallest of the cheapest', () => {
  const random = new Random(2);
  for (let trial = 0; trial < 300; trial++) {
    const n = 1 + random.below(5000);
    let places = randomPositions(n, Math.floor(n / (1 + random.below(100))), random);
    if (trial % 2 === 1) places = places.map((place, i) => place + 400 * (i >> 4)); // in clusters
    let best = 0;
    for (let k = 1; k <= MAX_RICE; k++) if (gapBits(places, k) < gapBits(places, best)) best = k;
    const { k, bits } = finish(bestGaps(places, 1 + random.below(10_000)));
    assert.is(k, best);
    assert.is(bits, gapBits(places, best));
  }
});

test('reading ends with an error, not with the neighbour of the bytes', () => {
  const room = new Uint8Array(64).fill(0xff);
  room.fill(0, 8, 16);
  const zeros = room.subarray(8, 16);
  assert.throws(() => readGaps(new Uint32Array(1), zeros, 0, 0, 1000), isMaskError);
  assert.throws(() => readGaps(new Uint32Array(9), room.subarray(0, 1), 0, 0, 1000), isMaskError);
  // the one is there, but not all of the five low bits
  assert.throws(() => readGaps(new Uint32Array(1), Uint8Array.of(0b1000_0000), 2, 5, 1000), isMaskError);
});

test('places at n and beyond are refused', () => {
  const bytes = new Uint8Array(8);
  writeGaps(bytes, 0, Uint32Array.of(3, 10), 2);
  assert.throws(() => readGaps(new Uint32Array(2), bytes, 0, 2, 10), isMaskError);
  assert.is(readGaps(new Uint32Array(2), bytes, 0, 2, 11), gapBits(Uint32Array.of(3, 10), 2));
});

test.run();
