import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pairedDifference, statistics } from '../../../tools/experiment/statistics.js';

const test = suite('statistics');

test('the deviation is that of a sample', () => {
  assert.equal(statistics([2, 4, 4, 4, 5, 5, 7, 9]), { mean: 5, sd: Math.sqrt(32 / 7) });
});

test('one value has no deviation', () => {
  assert.equal(statistics([3]), { mean: 3, sd: 0 });
});

test('a difference is taken pair by pair, so that what pairs share drops out', () => {
  // the values scatter by tens, the differences 1, 2, 3 by one
  assert.equal(pairedDifference([11, 52, 93], [10, 50, 90]), { mean: 2, error: 1 / Math.sqrt(3), pairs: 3 });
});

test('lists of different lengths are no pairs', () => {
  assert.throws(() => pairedDifference([1, 2], [1]), /base of 1 values, expected 2/);
});

test.run();
