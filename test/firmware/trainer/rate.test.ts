import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { batchRate, clipRate, normalRate } from '../../../firmware/trainer/rate.js';
import { Random } from '../../../shared/fixed/random.js';
import type { Rate } from '../../../shared/model/method.js';

const test = suite('trainer/rate');

const real = ({ mantissa, exp }: Rate) => mantissa * 2 ** exp;

test('normalRate is the nearest with 8 bits', () => {
  const random = new Random(1);
  const values = [0, 1, 255, 256, 257, 511, 2 ** 30, 2 ** 30 - 1];
  for (let i = 0; i < 5000; i++) values.push(random.next() >>> (2 + random.below(29)));
  for (const m of values) {
    const rate = normalRate(m, -3);
    assert.ok(rate.mantissa <= 255 && Number.isInteger(rate.mantissa));
    if (m <= 255) assert.equal(rate, { mantissa: m, exp: -3 });
    else assert.ok(rate.mantissa >= 128, `${m}`);
    assert.ok(Math.abs(real(rate) - m / 8) <= m / 8 / 256, `${m}: ${real(rate) * 8}`);
  }
});

test('a batch divides the rate, to 8 bits', () => {
  for (let mantissa = 128; mantissa <= 255; mantissa++) {
    for (let lanes = 1; lanes <= 16; lanes++) {
      const exact = (mantissa * 2 ** -10) / lanes;
      const got = real(batchRate({ mantissa, exp: -10 }, lanes));
      assert.ok(Math.abs(got / exact - 1) <= 2 ** -8, `${mantissa} / ${lanes}`);
      if ((lanes & (lanes - 1)) === 0) assert.is(got, exact);
    }
  }
});

test('clipping leaves a smaller norm alone and scales a larger one to the bound', () => {
  const random = new Random(2);
  const rate = { mantissa: 200, exp: -9 };
  let clipped = 0;
  for (let i = 0; i < 20_000; i++) {
    const norms = (random.next() * 2 ** 21 + (random.next() >>> 11)) % 2 ** (1 + random.below(53));
    const exp = -random.below(45);
    const lanes = 1 + random.below(16);
    const clip = 1 + random.below(i % 2 === 0 ? 100 : 65535);
    const norm = (norms * 2 ** exp) / lanes;
    const bound = clip / 16;
    const scaled = clipRate(rate, norms, exp, lanes, clip);
    assert.ok(scaled.mantissa >= 1 && scaled.mantissa <= 255);
    if (norm <= bound) assert.equal(scaled, rate);
    else {
      const expected = (real(rate) * bound) / norm;
      const part = real(scaled) / expected;
      assert.ok(part > 1 - 2 ** -7 && part < 1 + 2 ** -8, `norm ${norm}, bound ${bound}: ${part}`);
      clipped++;
    }
  }
  assert.ok(clipped > 2000);
});

test('a norm a million times the bound still takes a step', () => {
  const { mantissa, exp } = clipRate({ mantissa: 128, exp: -7 }, 2 ** 50, -24, 1, 16);
  assert.is(mantissa * 2 ** exp, 2 ** -26);
});

test('no clipping without a bound or a gradient', () => {
  const rate = { mantissa: 128, exp: -7 };
  assert.equal(clipRate(rate, 2 ** 50, 0, 1, 0), rate);
  assert.equal(clipRate(rate, 0, 0, 1, 1), rate);
});

test.run();
