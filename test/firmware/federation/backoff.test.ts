import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Backoff } from '../../../firmware/federation/backoff.js';
import { SeededEntropy } from '../../../tools/emulator/entropy.js';

const test = suite('backoff');
const TOP = { next: () => 0xffff_ffff };

test('the ceiling doubles with every failure and stops at the maximum', () => {
  const backoff = new Backoff(1000, 60_000, TOP);
  const waits = Array.from({ length: 9 }, () => backoff.next());
  assert.equal(waits, [999, 1999, 3999, 7999, 15999, 31999, 59999, 59999, 59999]);
});

test('a good connection starts again from the first ceiling', () => {
  const backoff = new Backoff(1000, 60_000, TOP);
  backoff.next();
  backoff.next();
  backoff.reset();
  assert.is(backoff.next(), 999);
});

test('a thousand failures do not overflow', () => {
  const backoff = new Backoff(1000, 60_000, TOP);
  for (let i = 0; i < 1000; i++) backoff.next();
  assert.is(backoff.next(), 59_999);
});

test('waits are spread over the whole range: full jitter', () => {
  const tenths = new Array(10).fill(0);
  for (let device = 0; device < 1000; device++) {
    const backoff = new Backoff(1000, 60_000, new SeededEntropy(device));
    tenths[Math.floor(backoff.next() / 100)] += 1;
  }
  assert.ok(Math.min(...tenths) > 60 && Math.max(...tenths) < 140, `tenths ${tenths}`);
});

test('a first wait above the maximum is refused', () => {
  assert.throws(() => new Backoff(2000, 1000, TOP), /backoff 2000 to 1000 ms, expected/);
});

test.run();
