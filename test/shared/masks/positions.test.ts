import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { MaskError } from '../../../shared/masks/error.js';
import { Pace } from '../../../shared/masks/pace.js';
import {
  decodeParts,
  decodePositions,
  encodeParts,
  encodePositions,
} from '../../../shared/masks/positions.js';
import { finish } from '../../../shared/masks/work.js';
import { crossedPositions, movedPositions, randomPositions, runPositions } from './sets.js';

const test = suite('masks/positions');
const isMaskError = (e: unknown) => e instanceof MaskError;

function encoded(
  positions: Uint32Array | 'all',
  n: number,
  reference?: Uint32Array,
  columns?: number,
): Uint8Array {
  return finish(encodePositions(positions, n, reference, new Pace(Number.POSITIVE_INFINITY), columns));
}

/** The code of a set, without the k beside it. */
function codeOf(bytes: Uint8Array): number {
  return bytes[0] & 7;
}

/** Bits of the shortest code for a random mask of this density, over n weights. */
function entropyBits(n: number, count: number): number {
  const p = count / n;
  return p === 0 || p === 1 ? 0 : -n * (p * Math.log2(p) + (1 - p) * Math.log2(1 - p));
}

function expectRoundTrip(
  positions: Uint32Array,
  n: number,
  reference?: Uint32Array,
  columns?: number,
): Uint8Array {
  const bytes = encoded(positions, n, reference, columns);
  const back = decodePositions(bytes, n, positions.length, reference, columns);
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
  const codeAt = (density: number) => codeOf(encoded(randomPositions(n, density * n, random), n));
  assert.equal([0.01, 0.05, 0.2].map(codeAt), [2, 2, 2]);
  assert.is(codeAt(0.5), 1);
  assert.equal([0.8, 0.95, 0.99].map(codeAt), [3, 3, 3]);
  const reference = randomPositions(n, 200, random);
  assert.is(encoded(movedPositions(reference, n, 10, random), n, reference)[0], 4);
});

/** Rows and columns of the layers with 4,096 weights and more of some models. */
const FRAMES: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  'one layer of 4,096': [[64, 64]],
  fashion14: [[64, 196]],
  speech: [
    [32, 200],
    [48, 96],
    [64, 144],
  ],
  '50k': [[60, 784]],
};

const MASKS: Readonly<
  Record<string, (n: number, columns: number, density: number, random: Random) => Uint32Array>
> = {
  random: (n, _, density, random) => randomPositions(n, Math.round(density * n), random),
  'short runs': (n, _, density, random) => runPositions(n, density, Math.max(2, 1.5 / (1 - density)), random),
  'long runs': (n, _, density, random) => runPositions(n, density, Math.max(8, 4 / (1 - density)), random),
  'full rows and columns': crossedPositions,
};

for (const [name, layers] of Object.entries(FRAMES)) {
  test(`${name}: the positions of a frame cost at most 1.03 of their entropy, random or clustered`, () => {
    const random = new Random(3);
    for (const [kind, maskOf] of Object.entries(MASKS)) {
      for (const density of [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]) {
        for (let trial = 0; trial < 2; trial++) {
          let bytes = 0;
          let least = 0;
          for (const [rows, columns] of layers) {
            const n = rows * columns;
            const positions = maskOf(n, columns, density, random);
            bytes += finish(encodeParts(positions, n, undefined, new Pace(Infinity), columns)).body.length;
            least += entropyBits(n, positions.length);
          }
          const bits = 8 * bytes - 7 * layers.length; // the last byte may hold one bit only
          assert.ok(bits <= 1.03 * least, `${kind}, density ${density}: ${bits} bits, entropy ${least}`);
        }
      }
    }
  });
}

test('random positions cost at most 1.03 of their entropy without the grid, but where lists are weak', () => {
  const random = new Random(4);
  for (const [rows, columns] of [
    [64, 64],
    [60, 784],
  ]) {
    const n = rows * columns;
    for (let percent = 1; percent < 100; percent++) {
      const positions = randomPositions(n, Math.round((percent * n) / 100), random);
      const { body } = finish(encodeParts(positions, n, undefined, new Pace(Infinity), columns, false));
      const least = entropyBits(n, positions.length);
      assert.ok(8 * body.length - 7 <= 1.03 * least, `${percent} %: ${body.length} bytes, entropy ${least}`);
    }
  }
});

test('full rows and columns halve the cost of a position', () => {
  const random = new Random(9);
  for (const [rows, columns] of [
    [64, 196],
    [60, 784],
  ]) {
    const n = rows * columns;
    const positions = crossedPositions(n, columns, 0.05, random);
    const bytes = expectRoundTrip(positions, n, undefined, columns);
    assert.is(codeOf(bytes), 5);
    const bits = (8 * bytes.length) / entropyBits(n, positions.length);
    assert.ok(bits < 0.7, `${bits} of the entropy`);
  }
});

test('full rows cost less in lists, too', () => {
  const random = new Random(12);
  const n = 64 * 196;
  const positions = crossedPositions(n, 196, 0.05, random);
  const sizes = [0, 196].map((columns) => {
    const parts = finish(encodeParts(positions, n, undefined, new Pace(Infinity), columns, false));
    const back = decodeParts(parts, n, positions.length, undefined, columns);
    assert.is(back === 'all' ? back : back.join(), positions.join());
    assert.is(parts.head & 7, columns === 0 ? 2 : 6);
    return parts.body.length;
  });
  assert.ok(sizes[1] < 0.85 * sizes[0], `${sizes[1]} of ${sizes[0]} bytes`);
});

test('rows of every shape and size come back in slices of every length, and nothing less does', () => {
  const random = new Random(13);
  let found = 0;
  for (let trial = 0; trial < 300; trial++) {
    const columns = 1 + random.below([3, 30, 300][random.below(3)]);
    const n = columns * (1 + random.below(40));
    const positions = crossedPositions(n, columns, (1 + random.below(60)) / 100, random);
    const whole = finish(encodeParts(positions, n, undefined, new Pace(Infinity), columns, false));
    const back = decodeParts(whole, n, positions.length, undefined, columns);
    assert.is(back === 'all' ? back : back.join(), positions.join());
    for (const sliceMacs of [1, 50, 1000]) {
      const parts = finish(encodeParts(positions, n, undefined, new Pace(sliceMacs), columns, false));
      assert.is(`${parts.head} ${parts.body.join()}`, `${whole.head} ${whole.body.join()}`);
    }
    if ((whole.head & 7) !== 6) continue;
    found++;
    const { head, body } = whole;
    const refused = (bytes: Uint8Array, count = positions.length, width = columns) =>
      assert.throws(() => decodeParts({ head, body: bytes }, n, count, undefined, width), isMaskError);
    refused(body.subarray(0, body.length - 1));
    refused(Uint8Array.of(...body, 0));
    refused(body, positions.length + 1);
    refused(body, positions.length - 1);
    refused(body, positions.length, 0);
  }
  assert.ok(found > 30, `${found} coded as rows`);
});

test('grids of every shape and size come back', () => {
  const random = new Random(10);
  const codes = new Set<number>();
  for (let trial = 0; trial < 400; trial++) {
    const columns = 1 + random.below([3, 30, 300][random.below(3)]);
    const n = columns * (1 + random.below([3, 30, 100][random.below(3)]));
    const positions = crossedPositions(n, columns, (1 + random.below(99)) / 100, random);
    const reference = random.below(2) === 0 ? undefined : randomPositions(n, random.below(n + 1), random);
    codes.add(codeOf(expectRoundTrip(positions, n, reference, columns)));
    expectRoundTrip(positions.subarray(0, 1), n, reference, columns);
    expectRoundTrip(positions.subarray(1), n, reference, columns);
  }
  assert.ok(codes.has(5));
});

test('a grid is refused where no layer has it, and with bytes behind its end', () => {
  const n = 40 * 50;
  const positions = crossedPositions(n, 50, 0.1, new Random(11));
  const bytes = encoded(positions, n, undefined, 50);
  assert.is(codeOf(bytes), 5);
  assert.throws(() => decodePositions(bytes, n, positions.length), isMaskError);
  assert.throws(() => decodePositions(bytes, n, 0, undefined, 50), isMaskError);
  assert.throws(() => decodePositions(bytes, n, n, undefined, 50), isMaskError);
  for (const more of [[0], [1], [1, 2, 3], [0, 0, 0, 7]]) {
    const longer = Uint8Array.of(...bytes, ...more);
    assert.throws(() => decodePositions(longer, n, positions.length, undefined, 50), isMaskError);
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
  const near = movedPositions(reference, n, 20, random);
  for (const positions of [...sets, near, crossedPositions(n, 35, 0.2, random)]) {
    const whole = encoded(positions, n, reference, 35);
    codes.push(codeOf(whole));
    for (const sliceMacs of [1, 2, 7, 100, 1000, 5000]) {
      const bytes = finish(encodePositions(positions, n, reference, new Pace(sliceMacs), 35));
      assert.is(bytes.join(), whole.join());
    }
  }
  assert.equal(codes, [2, 1, 3, 4, 5]);
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
    { positions: Uint32Array.of(...randomPositions(n - 1, 499, random), n - 1), code: 1 },
    { positions: randomPositions(n, 950, random), code: 3 },
    { positions: movedPositions(reference, n, 3, random), reference, code: 4 },
  ];
  for (const { positions, reference, code } of cases) {
    const bytes = encoded(positions, n, reference);
    const count = positions.length;
    assert.is(codeOf(bytes), code);
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
    if (bytes.length > 0) bytes[0] = random.below(8) + 8 * random.below(4);
    if (bytes.length > 2) bytes[1] = random.below(4);
    try {
      const positions = decodePositions(bytes, n, count, reference, n % 3 === 0 ? 3 : 0);
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
