import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Pace } from '../../../shared/masks/pace.js';

const test = suite('masks/pace');

test('small pieces share a pause, which tells their work', () => {
  const pace = new Pace(100);
  const pauses = [10, 20, 19, 1, 200, 49, 1].map((macs) => (pace.isDue(macs) ? pace.take() : 0));
  assert.equal(pauses, [0, 0, 0, 50, 200, 0, 50]);
});

test('it says what may be done till the next pause, and how much of it fits a piece', () => {
  const pace = new Pace(100);
  pace.isDue(30);
  assert.is(pace.room, 20);
  assert.is(pace.elements(7), 7);
  assert.is(pace.elements(1000), 1);
  pace.take();
  assert.is(pace.room, 50);
});

test('without a limit there is none', () => {
  const pace = new Pace(Number.POSITIVE_INFINITY);
  assert.not(pace.isDue(1e9));
});

test.run();
