import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Rate } from '../../../shared/model/method.js';
import { RATE_UNIT, rateAt, rateOf } from '../../../shared/model/schedule.js';

const test = suite('model/schedule');

const real = ({ mantissa, exp }: Rate) => mantissa * 2 ** exp;
const near = (a: number, b: number, part: number) => Math.abs(a - b) <= part * b;

test('a rate has 8 bits: within 2^-8 of what was asked', () => {
  for (let units = 1; units <= 16 * RATE_UNIT; units += 1 + (units >> 9)) {
    const rate = rateOf(units);
    assert.ok(Number.isInteger(rate.mantissa) && rate.mantissa >= 1 && rate.mantissa <= 255, `${units}`);
    assert.ok(rate.exp >= -24 && rate.exp <= 0, `${units}`);
    assert.ok(near(real(rate), units / RATE_UNIT, 2 ** -8), `${units}: ${real(rate)}`);
  }
});

test('the rate starts at the first, ends at the last and never rises', () => {
  for (const [first, last] of [
    [0.3, 0.03],
    [3.2, 0.32],
    [16, 0.01],
    [0.5, 0.5],
    [0.01, 0.001],
  ]) {
    for (const rounds of [2, 3, 60, 1000]) {
      const at = (round: number) => real(rateAt(first * RATE_UNIT, last * RATE_UNIT, round, rounds));
      assert.ok(near(at(1), first, 2 ** -8), `first ${at(1)} of ${first}`);
      assert.ok(near(at(rounds), last, 0.03), `last ${at(rounds)} of ${last}`);
      for (let round = 2; round <= rounds; round++) assert.ok(at(round) <= at(round - 1), `round ${round}`);
      assert.is(at(rounds + 5), at(rounds));
    }
  }
});

test('the decay is exponential: halfway lies the geometric mean', () => {
  const middle = real(rateAt(0.4 * RATE_UNIT, 0.04 * RATE_UNIT, 51, 101));
  assert.ok(near(middle, Math.sqrt(0.4 * 0.04), 0.01), `${middle}`);
});

test('one round keeps the first rate', () => {
  assert.equal(rateAt(RATE_UNIT, RATE_UNIT / 10, 1, 1), rateOf(RATE_UNIT));
});

test('the rates of a run are fixed', () => {
  const at = (round: number) => rateAt(Math.round(0.3 * RATE_UNIT), Math.round(0.03 * RATE_UNIT), round, 100);
  assert.equal(
    [at(1), at(50), at(100)].map(({ mantissa, exp }) => [mantissa, exp]),
    [
      [154, -9],
      [197, -11],
      [246, -13],
    ],
  );
});

test.run();
