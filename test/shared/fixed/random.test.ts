import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fillNoise, NOISE_BITS, NOISE_LENGTH } from '../../../shared/fixed/noise.js';
import { mix, Random } from '../../../shared/fixed/random.js';

const test = suite('fixed/random');

function first(seed: number, count: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.next());
}

test('mix is the finaliser of MurmurHash3 over a product, in BigInt', () => {
  const u32 = (x: bigint) => x & 0xffffffffn;
  const slow = (hash: number, value: number): number => {
    const start = u32(BigInt(hash));
    let h = u32((start ^ u32(BigInt(value))) * 0x9e3779b1n) ^ start;
    h ^= h >> 16n;
    h = u32(h * 0x85ebca6bn);
    h ^= h >> 13n;
    h = u32(h * 0xc2b2ae35n);
    return Number(h ^ (h >> 16n));
  };
  const random = new Random(5);
  const values = [0, 1, -1, 2147483647, -2147483648, 4294967295];
  for (let i = 0; i < 500; i++) values.push(random.next());
  for (const [i, value] of values.entries()) {
    const hash = values[(i * 7 + 3) % values.length];
    assert.is(mix(hash, value), slow(hash, value), `mix(${hash}, ${value})`);
  }
});

test('the first numbers of a seed are fixed', () => {
  assert.equal(first(1, 4), [3971220711, 3912404115, 2897651875, 1308391986]);
  assert.equal(first(-1, 2), first(4294967295, 2));
  assert.is(mix(1, 2), 1918689678);
});

test('a generator is xorshift32: no state is 0, and the next follows from the last', () => {
  const random = new Random(77);
  let state = BigInt(random.next());
  for (let i = 0; i < 2000; i++) {
    state ^= (state << 13n) & 0xffffffffn;
    state ^= state >> 17n;
    state ^= (state << 5n) & 0xffffffffn;
    assert.is(BigInt(random.next()), state);
    assert.ok(state !== 0n);
  }
});

test('below stays below, for small and large n, and reaches every value', () => {
  const random = new Random(3);
  for (const n of [1, 2, 3, 10, 65535, 65536, 65537, 2 ** 31]) {
    for (let i = 0; i < 500; i++) {
      const x = random.below(n);
      assert.ok(Number.isInteger(x) && x >= 0 && x < n, `${x} below ${n}`);
    }
  }
  const seen = new Int32Array(10);
  for (let i = 0; i < 10_000; i++) seen[random.below(10)]++;
  assert.ok(seen.every((count) => Math.abs(count - 1000) < 150)); // five deviations
});

test('noise has its bits, is the same for a seed, and touches nothing beside', () => {
  const table = new Int32Array(NOISE_LENGTH + 4).fill(-5);
  fillNoise(table, 2, 9);
  const again = new Int32Array(NOISE_LENGTH);
  fillNoise(again, 0, 9);
  assert.ok(again.every((x, i) => x === table[i + 2]));
  assert.equal([...table.subarray(0, 2), ...table.subarray(-2)], [-5, -5, -5, -5]);
  assert.ok(again.every((x) => x >= 0 && x < 2 ** NOISE_BITS));
  const mean = again.reduce((sum, x) => sum + x, 0) / NOISE_LENGTH / 2 ** NOISE_BITS;
  assert.ok(Math.abs(mean - 0.5) < 0.05, `mean ${mean}`); // five deviations of 1,024 uniform ones
  fillNoise(again, 0, 10);
  assert.ok(again.some((x, i) => x !== table[i + 2]));
});

test.run();
