import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CIRCLE_BITS, cosines, turned } from '../../../shared/fixed/circle.js';
import { Random } from '../../../shared/fixed/random.js';

const test = suite('fixed/circle');

const ONE = 2 ** CIRCLE_BITS;
const MOST = 1e9; // of what is turned
const WHOLE = 65_536; // a factor of 1

test('cosines of a thousand steps stay within a unit for each', () => {
  for (const steps of [100, 639, 1024]) {
    const angle = (2 * Math.PI) / steps;
    const found = cosines(1024, Math.round(Math.cos(angle) * ONE), Math.round(Math.sin(angle) * ONE));
    assert.is(found.length, 1024);
    for (const [i, cos] of found.entries()) {
      assert.ok(Math.abs(cos - Math.cos(angle * i) * ONE) <= i, `step ${i} of ${steps}`);
    }
  }
});

test('a product is exact and rounded down, up to both ends', () => {
  const random = new Random(1);
  const ends = [0, 1, -1, MOST, -MOST, 32_767, -32_768];
  for (let trial = 0; trial < 20_000; trial++) {
    const x = trial < ends.length ? ends[trial] : (random.next() | 0) % (MOST + 1);
    for (const factor of [WHOLE, -WHOLE, 0, random.below(2 * WHOLE + 1) - WHOLE]) {
      const exact = (BigInt(x) * BigInt(factor)) >> 16n;
      assert.is(turned(x, factor), Number(exact), `${x} · ${factor}`);
    }
  }
});

test.run();
