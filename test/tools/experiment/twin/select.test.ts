import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../../shared/fixed/random.js';
import { kthLargest, largestPlaces, markLargest } from '../../../../tools/experiment/twin/select.js';

const test = suite('twin/select');

/** Values with ties and zeros, of either sign. */
function valuesOf(length: number, kinds: number, seed: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length }, () => (random.below(2 * kinds) - kinds) / 3);
}

/** Places by falling magnitude, ties to the lower. */
function sorted(values: Float64Array): number[] {
  return [...values.keys()].sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]) || a - b);
}

test('the k-th largest is that of the sorted values', () => {
  for (const [seed, kinds] of [1, 2, 5, 1000].entries()) {
    for (const n of [1, 2, 3, 50]) {
      const values = valuesOf(n, kinds, seed);
      const falling = values.slice().sort((a, b) => b - a);
      for (let k = 1; k <= n; k++) assert.is(kthLargest(values.slice(), n, k), falling[k - 1]);
    }
  }
});

test('the largest are chosen by magnitude, ties to the lower place', () => {
  for (const [seed, kinds] of [1, 2, 5, 1000].entries()) {
    const values = valuesOf(60, kinds, seed);
    for (const count of [1, 2, 7, 59, 60]) {
      const expected = sorted(values).slice(0, count);
      assert.equal(
        [...largestPlaces(values, count)],
        expected.sort((a, b) => a - b),
      );
    }
  }
});

test('inputs are marked by magnitude, never a 0, ties all or the lower places', () => {
  for (const [seed, kinds] of [1, 2, 5, 1000].entries()) {
    const inputs = valuesOf(40, kinds, seed);
    for (const keep of [1, 3, 20, 40]) {
      const order = sorted(inputs);
      const least = Math.abs(inputs[order[keep - 1]]);
      for (const withTies of [false, true]) {
        const marks = new Uint8Array(40);
        markLargest(marks, inputs, keep, withTies, new Float64Array(40));
        const expected = inputs.map((x, i) => {
          const isKept = order.indexOf(i) < keep || (withTies && Math.abs(x) === least);
          return isKept && x !== 0 ? 1 : 0;
        });
        assert.equal([...marks], [...expected], `keep ${keep} of ${inputs}`);
      }
    }
  }
});

test('marks of other examples stay', () => {
  const marks = Uint8Array.of(1, 0, 0);
  markLargest(marks, Float64Array.of(0.1, 0.3, 0.2), 1, false, new Float64Array(3));
  assert.equal([...marks], [1, 1, 0]);
});

test.run();
