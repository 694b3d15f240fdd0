import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  lowered,
  PLAIN,
  type Power,
  powerTable,
  ROOT_BITS,
  raised,
  rootAt,
} from '../../../shared/fixed/power.js';

const test = suite('power');

const POWERS: readonly Power[] = [5, 8];
const EXPONENTS = [-15, -13, -12, -10, -7];

for (const power of POWERS) {
  const p = power / 4;

  test(`power ${p}: every root within a table step of the real one`, () => {
    const table = powerTable(power);
    for (const exp of EXPONENTS) {
      for (let q = 1; q <= 32767; q++) {
        const real = q * 2 ** exp;
        if (real >= 8) break;
        const exact = real ** (p - 1) * 2 ** ROOT_BITS;
        const root = rootAt(table, q, exp);
        assert.ok(Math.abs(root - exact) <= 1.5 + exact / 120, `${q} · 2^${exp}: ${root}, ${exact}`);
      }
    }
  });

  test(`power ${p}: weights are near the real power, never fall, and are odd`, () => {
    for (const exp of EXPONENTS) {
      let last = 0;
      for (let q = 1; q <= 32767; q++) {
        const weight = raised(q, power, exp, 32767);
        assert.ok(weight >= last);
        assert.is(raised(-q, power, exp, 32767), weight === 0 ? weight : -weight);
        last = weight;
        const real = q * 2 ** exp;
        const exact = Math.min(32767, real ** p * 2 ** -exp);
        if (real < 8)
          assert.ok(Math.abs(weight - exact) <= 2 + q / 2 ** (ROOT_BITS - 1) + exact / 120, `${q} ${exp}`);
      }
    }
  });

  test(`power ${p}: the number of a weight is the smallest that reaches it`, () => {
    for (const exp of [-13, -10]) {
      for (let weight = 0; weight <= 20000; weight += 7) {
        const q = lowered(weight, power, exp, 32767);
        assert.ok(raised(q, power, exp, 32767) >= weight);
        if (q > 0) assert.ok(raised(q - 1, power, exp, 32767) < weight);
        assert.is(lowered(-weight, power, exp, 32767), q === 0 ? q : -q);
      }
    }
  });

  test(`power ${p}: 0 is 0, and no weight passes its bound`, () => {
    assert.is(raised(0, power, -13, 32767), 0);
    assert.is(raised(32767, power, -10, 1000), 1000);
    assert.is(raised(-32767, power, 0, 32767), -32767);
    assert.is(lowered(30000, power, -13, 2000), 2000);
  });
}

test('plain numbers are their weights', () => {
  for (const q of [-32767, -1, 0, 5]) {
    assert.is(raised(q, PLAIN, -13, 32767), q);
    assert.is(lowered(q, PLAIN, -13, 32767), q);
  }
});

test.run();
