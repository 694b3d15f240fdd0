import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fillRandom } from '../../../shared/fixed/noisebits.js';
import { Random, stateOf } from '../../../shared/fixed/random.js';

const test = suite('fixed/noisebits');

test('the numbers are those of the generator, two bits shorter', () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new Random(seed);
    const table = new Int32Array(60).fill(-1);
    fillRandom(table, 5, stateOf(seed), 50);
    const edge = new Array(5).fill(-1);
    assert.equal([...table], [...edge, ...Array.from({ length: 50 }, () => random.next() >>> 2), ...edge]);
  }
});

test.run();
