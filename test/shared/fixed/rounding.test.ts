import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { divideNearest, shiftNearest, shiftStochastic } from '../../../shared/fixed/rounding.js';
import { saturate } from '../../../shared/fixed/saturation.js';

const test = suite('fixed/rounding');

const MAX = 2147483647;

/** n / d to nearest, ties away from zero, by definition. */
function nearest(n: bigint, d: bigint): bigint {
  const magnitude = (2n * (n < 0n ? -n : n) + d) / (2n * d);
  return n < 0n ? -magnitude : magnitude;
}

function floorShift(x: bigint, shift: number): bigint {
  return x >> BigInt(shift); // BigInt shifts round down
}

test('shiftNearest rounds to nearest, ties away from zero: every small value and shift', () => {
  for (let shift = 0; shift <= 12; shift++) {
    for (let x = -5000; x <= 5000; x++) {
      if (BigInt(shiftNearest(x, shift)) !== nearest(BigInt(x), 1n << BigInt(shift))) {
        assert.unreachable(`${x} >> ${shift} gave ${shiftNearest(x, shift)}`);
      }
    }
  }
});

test('shiftNearest is exact up to the ends of its range, and odd', () => {
  const random = new Random(1);
  for (let shift = 0; shift <= 30; shift++) {
    const half = shift === 0 ? 0 : 2 ** (shift - 1);
    const most = MAX - half;
    const values = [0, 1, half, half - 1, half + 1, 3 * half, most, most - 1];
    for (let i = 0; i < 300; i++) values.push(random.next() % (most + 1));
    for (const x of values.filter((v) => v >= 0 && v <= most)) {
      const expected = nearest(BigInt(x), 1n << BigInt(shift));
      assert.is(BigInt(shiftNearest(x, shift)), expected, `${x} >> ${shift}`);
      assert.is(BigInt(shiftNearest(-x, shift)), -expected, `${-x} >> ${shift}`);
    }
  }
});

test('shiftStochastic over all noise has exactly the mean x / 2^shift', () => {
  for (let shift = 0; shift <= 8; shift++) {
    for (let x = -600; x <= 600; x++) {
      let sum = 0;
      for (let noise = 0; noise < 1 << shift; noise++) sum += shiftStochastic(x, shift, noise);
      if (sum !== x) assert.unreachable(`${x} >> ${shift}: sum ${sum}`);
    }
  }
});

test('shiftStochastic gives the floor or one more, whatever higher bits the noise has', () => {
  const random = new Random(2);
  for (let i = 0; i < 20_000; i++) {
    const shift = random.below(31);
    const x = (random.next() | 0) % (MAX - 2 ** shift);
    const got = BigInt(shiftStochastic(x, shift, random.next() | 0));
    const floor = floorShift(BigInt(x), shift);
    assert.ok(got === floor || (got === floor + 1n && shift > 0), `${x} >> ${shift}`);
  }
});

test('divideNearest equals BigInt: every small quotient', () => {
  for (let d = 1; d <= 60; d++) {
    for (let n = -1500; n <= 1500; n++) {
      if (BigInt(divideNearest(n, d)) !== nearest(BigInt(n), BigInt(d))) {
        assert.unreachable(`${n} / ${d} gave ${divideNearest(n, d)}`);
      }
    }
  }
});

test('divideNearest equals BigInt up to 2^52', () => {
  const random = new Random(3);
  const most = 2 ** 52;
  const wide = () => (random.next() * 2 ** 20 + (random.next() >>> 12)) % 2 ** (1 + random.below(52));
  const numerators = [0, 1, most - 1, most / 2, most / 2 - 1];
  for (let i = 0; i < 20_000; i++) numerators.push(wide());
  for (const [i, n] of numerators.entries()) {
    const d = i < 5 ? most : 1 + wide();
    for (const signed of [n, -n]) {
      assert.is(BigInt(divideNearest(signed, d)), nearest(BigInt(signed), BigInt(d)), `${signed} / ${d}`);
    }
  }
});

test('saturate clamps both ends and nothing else', () => {
  assert.is(saturate(8, 7), 7);
  assert.is(saturate(-8, 7), -7);
  for (let x = -7; x <= 7; x++) assert.is(saturate(x, 7), x);
  assert.is(saturate(MAX, 32767), 32767);
  assert.is(saturate(-MAX - 1, 32767), -32767);
});

test.run();
