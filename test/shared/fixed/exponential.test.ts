import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exp2Negative, LN2_Q16, LOG2_BITS, LOG2_E_Q14, log2 } from '../../../shared/fixed/exponential.js';
import { mix, Random } from '../../../shared/fixed/random.js';

const test = suite('fixed/exponential');

const STEPS = 1 << LOG2_BITS;
const MAX = 2147483647;

test('the constants are the nearest', () => {
  assert.is(LOG2_E_Q14, Math.round(Math.LOG2E * 2 ** 14));
  assert.is(LN2_Q16, Math.round(Math.LN2 * 2 ** 16));
});

test('exp2Negative is within one unit of 2^-15: to nearest in the first octave, below after it', () => {
  let worst = 0;
  for (let x = 0; x < 18 * STEPS; x++) {
    const error = exp2Negative(x) - 2 ** (15 - x / STEPS);
    worst = Math.max(worst, Math.abs(error));
    if (x < STEPS && Math.abs(error) > 0.501) assert.unreachable(`x ${x}: off by ${error}`);
  }
  assert.ok(worst < 1.26, `off by ${worst} units`); // the table's half, halved, and what a shift cuts off
});

test('exp2Negative never rises, from 1 to 0', () => {
  assert.is(exp2Negative(0), 32768);
  for (let x = 1; x < 18 * STEPS; x++) {
    if (exp2Negative(x) > exp2Negative(x - 1)) assert.unreachable(`rises at ${x}`);
  }
  assert.is(exp2Negative(15 * STEPS), 1);
  assert.is(exp2Negative(16 * STEPS), 0);
  assert.is(exp2Negative(MAX), 0);
});

test('log2 is at most one table step and the rounding of the table below', () => {
  const random = new Random(1);
  const values: number[] = [];
  for (let x = 1; x <= 70_000; x++) values.push(x);
  for (let b = 1; b < 31; b++) values.push(2 ** b - 1, 2 ** b, 2 ** b + 1);
  for (let i = 0; i < 20_000; i++) values.push(Math.max(1, random.next() >>> (1 + random.below(31))));
  values.push(MAX);
  let least = 0;
  let most = 0;
  for (const x of values) {
    const error = log2(x) - Math.log2(x) * STEPS;
    least = Math.min(least, error);
    most = Math.max(most, error);
  }
  assert.ok(least > -1.1, `${least} steps below`);
  assert.ok(most < 0.1, `${most} steps above`);
});

test('log2 never falls, and is exact for powers of two', () => {
  for (let b = 0; b <= 30; b++) assert.is(log2(2 ** b), b * STEPS);
  for (let x = 2; x < 200_000; x++) if (log2(x) < log2(x - 1)) assert.unreachable(`falls at ${x}`);
});

test('every bit of the table is fixed', () => {
  let hash = 0;
  for (let x = 0; x < STEPS; x++) hash = mix(hash, exp2Negative(x));
  assert.is(hash, 2739444703);
});

test.run();
