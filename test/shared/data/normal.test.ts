import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Moments, normalise, normalOf } from '../../../shared/data/normal.js';
import { Random } from '../../../shared/fixed/random.js';

const test = suite('data/normal');

function momentsOf(values: readonly number[]): Moments {
  const sum = values.reduce((total, x) => total + x, 0);
  return { count: values.length, sum, squares: values.reduce((total, x) => total + x * x, 0) };
}

/** Roughly normal raw values. */
function values(mean: number, deviation: number, count = 2000): number[] {
  const random = new Random(mean + deviation);
  return Array.from({ length: count }, () => {
    let sum = 0;
    for (let i = 0; i < 12; i++) sum += random.below(1001) - 500;
    return Math.max(-32768, Math.min(32767, Math.round(mean + (sum * deviation) / 1000)));
  });
}

for (const [mean, deviation] of [
  [0, 100],
  [-4000, 3],
  [12_000, 2500],
  [300, 9000],
] as const) {
  test(`mean ${mean} and deviation ${deviation} become 0 and 32`, () => {
    const raw = values(mean, deviation);
    const normal = normalOf([momentsOf(raw)]);
    const features = raw.map((x) => normalise(x, normal));
    const m = features.reduce((sum, x) => sum + x, 0) / raw.length;
    const s = Math.sqrt(features.reduce((sum, x) => sum + (x - m) ** 2, 0) / raw.length);
    assert.ok(Math.abs(m) < 6, `mean ${m}`); // the offset is a whole raw step
    assert.ok(Math.abs(s - 32) < 2, `deviation ${s}`);
  });
}

test('the ends of int16 stay within int8, whatever the sums were', () => {
  for (const raw of [[0], [5, 5, 5], [-32768, 32767], [32767], [-32768, -32768, -32767]]) {
    const normal = normalOf([momentsOf(raw)]);
    assert.ok(normal.mantissa >= 1 && normal.mantissa <= 16383);
    assert.ok(normal.shift >= 0 && normal.shift <= 24);
    for (const x of [-32768, -1, 0, 1, 32767]) {
      const exact = Math.floor(((x - normal.offset) * normal.mantissa) / 2 ** normal.shift + 0.5);
      assert.is(normalise(x, normal), Math.max(-128, Math.min(127, exact)), `${x} of ${raw}`);
    }
  }
});

test('the order in which boards are added does not matter, and no values give no normal', () => {
  const parts = [values(100, 50), values(-900, 400), values(7, 1)].map(momentsOf);
  assert.equal(normalOf(parts), normalOf([...parts].reverse()));
  assert.throws(() => normalOf([]), /moments of 0 values, expected 1 or more/);
});

test('sums of boards that together pass 2^53 are exact', () => {
  const most = { count: 2 ** 22, sum: -(2 ** 37), squares: 2 ** 52 };
  const boards = Array.from({ length: 1000 }, () => most);
  assert.equal(normalOf(boards), normalOf([most]));
});

test.run();
