import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { MAX_RICE } from '../../../shared/fixed/ricebits.js';
import { MaskError } from '../../../shared/masks/error.js';
import { gapBits, writeGaps } from '../../../shared/masks/gaps.js';
import { Pace } from '../../../shared/masks/pace.js';
import { bestGaps, readGaps } from '../../../shared/masks/rice.js';
import { finish } from '../../../shared/masks/work.js';
import { randomPositions } from './sets.js';

const test = suite('masks/rice');
const isMaskError = (e: unknown) => e instanceof MaskError;

test('the bits of a known list', () => {
  // k = 1: gap 0 = 1 0, gap 3 = 0 1 1, gap 2 = 0 1 0; the first bit is the lowest of the byte
  const bytes = new Uint8Array(1);
  assert.is(writeGaps(bytes, 1, 0, Uint32Array.of(0, 4, 7), 1, 0, 3), 8);
  assert.is(bytes[0], 0b010_110_01);
});

test('any list comes back, with any k and from any bit, written at once or in pieces', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 500; trial++) {
    const n = 1 + random.below([10, 300, 70000][random.below(3)]);
    const places = randomPositions(n, Math.floor(n / (1 + random.below(40))), random);
    const at = random.below(20);
    const k = random.below(1 + [0, 3, 8, MAX_RICE][random.below(4)]);
    const count = places.length;
    const end = at + gapBits(places, k, 0, count);
    const bytes = new Uint8Array((end + 7) >> 3);
    assert.is(writeGaps(bytes, bytes.length, at, places, k, 0, count), end);
    const out = new Uint32Array(places.length);
    assert.is(readGaps(out, bytes, at, k, n), end);
    assert.is(out.join(), places.join());
    const cut = random.below(count + 1);
    const pieces = new Uint8Array(bytes.length);
    const middle = writeGaps(pieces, pieces.length, at, places, k, 0, cut);
    assert.is(middle, at + gapBits(places, k, 0, cut));
    assert.is(writeGaps(pieces, pieces.length, middle, places, k, cut, count), end);
    assert.is(pieces.join(), bytes.join());
  }
});

test('the largest gaps and the largest k come back', () => {
  const n = 2 ** 28;
  for (const k of [14, MAX_RICE]) {
    const places = Uint32Array.of(0, n - 2, n - 1);
    const bytes = new Uint8Array((gapBits(places, k, 0, 3) + 7) >> 3);
    writeGaps(bytes, bytes.length, 0, places, k, 0, 3);
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
    const bitsOf = (k: number) => gapBits(places, k, 0, places.length);
    for (let k = 1; k <= MAX_RICE; k++) if (bitsOf(k) < bitsOf(best)) best = k;
    const { k, bits } = finish(bestGaps(places, new Pace(1 + random.below(10_000))));
    assert.is(k, best);
    assert.is(bits, bitsOf(best));
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
  const places = Uint32Array.of(3, 10);
  writeGaps(bytes, 8, 0, places, 2, 0, 2);
  assert.throws(() => readGaps(new Uint32Array(2), bytes, 0, 2, 10), isMaskError);
  assert.is(readGaps(new Uint32Array(2), bytes, 0, 2, 11), gapBits(places, 2, 0, 2));
});

/** The definition, bit by bit: places and the end, or what is wrong. */
function naiveGaps(count: number, bytes: Uint8Array, at: number, k: number, n: number): string {
  const end = 8 * bytes.length;
  const bitAt = (bit: number) => (bit < end ? (bytes[bit >> 3] >> (bit & 7)) & 1 : 0);
  const places: number[] = [];
  let bit = at;
  let next = 0;
  for (let i = 0; i < count; i++) {
    let quotient = 0;
    while (bit + quotient < end && bitAt(bit + quotient) === 0) quotient++;
    if (bit + quotient >= end) return `gap ${i} of ${count} beyond the end, expected more bytes`;
    if (quotient > n >>> k) return `gap ${i} too large, expected places below ${n}`;
    bit += quotient + 1;
    let gap = quotient * 2 ** k;
    for (let b = 0; b < k; b++) gap += bitAt(bit++) * 2 ** b;
    next += gap + 1;
    if (next > n) return `place ${next - 1}, expected below ${n}`;
    places.push(next - 1);
  }
  if (bit > end) return `last gap beyond the end, expected ${bit - end} more bits`;
  return `${places.join()} to ${bit}`;
}

function fastGaps(count: number, bytes: Uint8Array, at: number, k: number, n: number): string {
  const out = new Uint32Array(count);
  try {
    const end = readGaps(out, bytes, at, k, n);
    return `${out.join()} to ${end}`;
  } catch (error) {
    if (!(error instanceof MaskError)) throw error;
    return error.message;
  }
}

test('any bytes give what the definition gives: places, or the same error', () => {
  const random = new Random(3);
  const seen = new Map<string, number>();
  for (let trial = 0; trial < 10_000; trial++) {
    // random bits with long runs of zeros now and then; beside them lie ones, which must not be read
    const room = new Uint8Array(80).fill(0xff);
    const bytes = room.subarray(20, 20 + random.below(50));
    const isSparse = random.below(3) === 0;
    for (let i = 0; i < bytes.length; i++) {
      bytes[i] = isSparse && random.below(8) > 0 ? 0 : random.below(256) & random.below(256);
    }
    const at = random.below(1 + Math.min(40, 8 * bytes.length));
    const k = random.below([4, 8, MAX_RICE + 1][random.below(3)]);
    const n = 1 + random.below([100, 5000, 2 ** 28][random.below(3)]);
    for (const count of [0, 1, 2, 5, 9, random.below(60)]) {
      const result = naiveGaps(count, bytes, at, k, n);
      assert.is(fastGaps(count, bytes, at, k, n), result, `trial ${trial}`);
      const kind = / to /.test(result) ? 'places' : result.replace(/\d+/g, '#');
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
  }
  assert.is(seen.size, 5, [...seen].join(' '));
  for (const [kind, times] of seen) assert.ok(times > 100, `${times} ${kind}`);
});

test.run();
