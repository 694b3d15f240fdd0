import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { MaskError } from '../../../shared/masks/error.js';
import { decodePositions, encodePositions } from '../../../shared/masks/positions.js';
import { finish } from '../../../shared/masks/work.js';
import { movedPositions, randomPositions } from './sets.js';

const test = suite('masks/positions');
const isMaskError = (e: unknown) => e instanceof MaskError;

function encoded(positions: Uint32Array | 'all', n: number, reference?: Uint32Array): Uint8Array {
  return finish(encodePositions(positions, n, reference, Number.POSITIVE_INFINITY));
}

/** Bits of the shortest code for a random mask of this density, over n weights. */
function entropyBits(n: number, count: number): number {
  const p = count / n;
  return p === 1 ? 0 : -n * (p * Math.log2(p) + (1 - p) * Math.log2(1 - p));
}

function expectRoundTrip(positions: Uint32Array, n: number, reference?: Uint32Array): Uint8Array {
  const bytes = encoded(positions, n, reference);
  const back = decodePositions(bytes, n, positions.length, reference);
  assert.is(back === 'all' ? positions.length : back.join(), back === 'all' ? n : positions.join());
  return bytes;
}

test('random sets of every size come back, with and without a reference', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 600; trial++) {
    const n = 1 + random.below([8, 100, 3000][random.below(3)]);
    const positions = randomPositions(n, random.below(n + 1), random);
    expectRoundTrip(positions, n);
    const reference = randomPositions(n, random.below(n + 1), random);
    expectRoundTrip(positions, n, reference);
    expectRoundTrip(positions, n, positions);
    const moved = random.below(1 + Math.min(5, reference.length, n - reference.length));
    expectRoundTrip(movedPositions(reference, n, moved, random), n, reference);
  }
});

test('all positions cost nothing', () => {
  assert.is(encoded('all', 1000).length, 0);
  assert.is(encoded(Uint32Array.of(0, 1, 2), 3).length, 0);
  assert.is(decodePositions(new Uint8Array(0), 3, 3), 'all');
  assert.throws(() => decodePositions(new Uint8Array(0), 3, 2), isMaskError);
});

test('each kind is chosen where it is the shortest', () => {
  const random = new Random(2);
  const n = 4096;
  const codeAt = (density: number) => encoded(randomPositions(n, density * n, random), n)[0];
  assert.equal([0.01, 0.05, 0.2].map(codeAt), [2, 2, 2]);
  assert.is(codeAt(0.5), 1);
  assert.equal([0.8, 0.95, 0.99].map(codeAt), [3, 3, 3]);
  const reference = randomPositions(n, 200, random);
  assert.is(encoded(movedPositions(reference, n, 10, random), n, reference)[0], 4);
});

test('a random mask of 4,096 weights or more costs at most 1.03 of its entropy', () => {
  const random = new Random(3);
  for (const n of [4096, 12544, 50000]) {
    for (const density of [
      0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 0.9, 0.95, 0.99,
    ]) {
      const count = Math.round(density * n);
      let bits = 0;
      let least = 0;
      const trials = 40;
      for (let trial = 0; trial < trials; trial++) {
        // the code, k and padding are 3 bytes; they weigh only at the ends of the smallest masks
        bits += 8 * (encoded(randomPositions(n, count, random), n).length - 3);
        least += entropyBits(n, count);
      }
      assert.ok(bits <= 1.03 * least, `n ${n}, density ${density}: ${bits / least} of the entropy`);
    }
  }
});

test('a mask near the reference costs less than half of a fresh one', () => {
  const random = new Random(4);
  const n = 12544;
  const reference = randomPositions(n, 627, random);
  const near = movedPositions(reference, n, 60, random);
  assert.ok(2 * encoded(near, n, reference).length < encoded(near, n).length);
});

test('an unrelated reference costs nothing', () => {
  const random = new Random(5);
  const n = 5000;
  for (let trial = 0; trial < 50; trial++) {
    const positions = randomPositions(n, 250, random);
    const reference = randomPositions(n, 250, random);
    assert.ok(encoded(positions, n, reference).length <= encoded(positions, n).length);
  }
});

test('slices of every length give the same bytes', () => {
  const random = new Random(8);
  const n = 700;
  const reference = randomPositions(n, 300, random);
  const sets = [50, 350, 650].map((count) => randomPositions(n, count, random));
  const codes: number[] = [];
  for (const positions of [...sets, movedPositions(reference, n, 20, random)]) {
    const whole = encoded(positions, n, reference);
    codes.push(whole[0]);
    for (const sliceMacs of [1, 2, 7, 100, 1000, 5000]) {
      const bytes = finish(encodePositions(positions, n, reference, sliceMacs));
      assert.is(bytes.join(), whole.join());
    }
  }
  assert.equal(codes, [2, 1, 3, 4]);
});

test('positions that do not ascend below n are refused', () => {
  for (const wrong of [
    [1, 1],
    [2, 1],
    [0, 10],
  ]) {
    assert.throws(
      () => encoded(Uint32Array.from(wrong), 10),
      (e: unknown) => e instanceof RangeError,
    );
  }
});

test('a byte more, a byte less and a padding bit are refused in every kind', () => {
  const random = new Random(6);
  const n = 1001;
  const reference = randomPositions(n, 100, random);
  const cases: { positions: Uint32Array; reference?: Uint32Array; code: number }[] = [
    { positions: randomPositions(n, 50, random), code: 2 },
    { positions: randomPositions(n, 500, random), code: 1 },
    { positions: randomPositions(n, 950, random), code: 3 },
    { positions: movedPositions(reference, n, 3, random), reference, code: 4 },
  ];
  for (const { positions, reference, code } of cases) {
    const bytes = encoded(positions, n, reference);
    const count = positions.length;
    assert.is(bytes[0], code);
    for (let length = reference ? 1 : 0; length < bytes.length; length++) {
      assert.throws(() => decodePositions(bytes.slice(0, length), n, count, reference), isMaskError);
    }
    for (const more of [0, 1, 255]) {
      assert.throws(() => decodePositions(Uint8Array.of(...bytes, more), n, count, reference), isMaskError);
    }
    const padded = bytes.slice();
    padded[padded.length - 1] |= 0x80;
    assert.throws(() => decodePositions(padded, n, count, reference), isMaskError);
    assert.throws(() => decodePositions(bytes, n, count - 1, reference), isMaskError);
    assert.throws(() => decodePositions(bytes, n, count + 1, reference), isMaskError);
  }
});

test('no bytes are all positions or the very reference, by their count', () => {
  const reference = Uint32Array.of(1, 5, 9);
  const none = new Uint8Array(0);
  assert.is(decodePositions(none, 10, 10, reference), 'all');
  assert.is(decodePositions(none, 10, 3, reference), reference);
  assert.throws(() => decodePositions(none, 10, 2, reference), isMaskError);
  assert.throws(() => decodePositions(none, 10, 3), isMaskError);
});

test('random bytes give a set of the right size or a MaskError', () => {
  const random = new Random(7);
  let valid = 0;
  for (let trial = 0; trial < 20000; trial++) {
    const n = 1 + random.below(60);
    const count = random.below(n + 1);
    const reference = random.below(2) === 1 ? randomPositions(n, random.below(n + 1), random) : undefined;
    const bytes = Uint8Array.from({ length: random.below(12) }, () => random.below(256));
    if (bytes.length > 0) bytes[0] = random.below(6);
    if (bytes.length > 2) bytes[1] = random.below(4);
    try {
      const positions = decodePositions(bytes, n, count, reference);
      valid++;
      if (positions === 'all') assert.is(count, n);
      else {
        assert.is(positions.length, count);
        encoded(positions, n); // refuses what does not ascend below n
      }
    } catch (e) {
      assert.ok(isMaskError(e), String(e));
    }
  }
  assert.ok(valid > 100, `${valid} valid`);
});

test.run();
