import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { addAt, countAt } from '../../../broker/aggregation/scatter.js';
import { Random } from '../../../shared/fixed/random.js';
import { randomPositions } from '../../shared/masks/sets.js';

const test = suite('aggregation/scatter');

test('every count of places, against one place at a time', () => {
  const random = new Random(1);
  const n = 60;
  const sums = Float64Array.from({ length: n }, () => random.below(2 ** 31) * 2 ** 21);
  const counts = Float64Array.from({ length: n }, () => random.below(1000));
  const expectedSums = [...sums];
  const expectedCounts = [...counts];
  for (let trial = 0; trial < 400; trial++) {
    const positions = randomPositions(n, trial % 61, random);
    const end = trial % 2 === 0 ? 32767 : -32768;
    const values = Int16Array.from(positions, () => (trial < 60 ? end : random.below(65536) - 32768));
    const examples = 1 + random.below(4095);
    const scale = (trial < 60 ? 4095 : examples) * 4; // the largest of all: below 2^29 in magnitude
    addAt(sums, positions, values, scale);
    countAt(counts, positions, examples);
    for (const [k, position] of positions.entries()) {
      expectedSums[position] += values[k] * scale;
      expectedCounts[position] += examples;
    }
    assert.is(sums.join(), expectedSums.join(), `trial ${trial}`);
    assert.is(counts.join(), expectedCounts.join(), `trial ${trial}`);
  }
});

test.run();
