import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { batchRate, normalRate } from '../../../firmware/trainer/rate.js';
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

test.run();
