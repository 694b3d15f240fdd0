import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Pace } from '../../../firmware/trainer/pace.js';

const test = suite('trainer/pace');

test('small pieces share a pause, which tells their work', () => {
  const pace = new Pace(100);
  const pauses = [10, 20, 19, 1, 200, 49, 1].map((macs) => (pace.isDue(macs) ? pace.take() : 0));
  assert.equal(pauses, [0, 0, 0, 50, 200, 0, 50]);
});

test('without a limit there is none', () => {
  const pace = new Pace(Number.POSITIVE_INFINITY);
  assert.not(pace.isDue(1e9));
});

test.run();
