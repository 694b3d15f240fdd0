import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Aggregation } from '../../../broker/aggregation/aggregation.js';
import { MAX_UPDATES, Sums } from '../../../broker/aggregation/sums.js';
import { Random } from '../../../shared/fixed/random.js';
import { initialModel } from '../../../shared/model/initial.js';
import type { MergeChoice, TrainingMethod, UplinkChoice } from '../../../shared/model/method.js';
import type { Model } from '../../../shared/model/model.js';
import { MAX_EXAMPLE_WEIGHT, type Update } from '../../../shared/protocol/update.js';
import { network } from '../../shared/model/descriptions.js';
import { methodWith, randomUpdate } from './updates.js';

const test = suite('aggregation/sums');

const UPLINKS: readonly UplinkChoice[] = ['top-k-weights', 'top-k-weights-diff', 'mask'];
const MERGES: readonly MergeChoice[] = ['cohort', 'senders'];

function aggregated(base: Model, method: TrainingMethod, updates: readonly Update[]): Aggregation {
  const aggregation = new Aggregation(base, method);
  for (const update of updates) aggregation.add(update);
  return aggregation;
}

function modelBytes(aggregation: Aggregation): string {
  return Buffer.from(aggregation.result().parameters).toString('hex');
}

/** Updates dealt at random to a few aggregations; those are merged two by two until one is left. */
function dealt(base: Model, method: TrainingMethod, updates: readonly Update[], random: Random): Aggregation {
  const parts = Array.from({ length: 1 + random.below(5) }, () => new Aggregation(base, method));
  for (const update of updates) parts[random.below(parts.length)].add(update);
  while (parts.length > 1) {
    const [from] = parts.splice(random.below(parts.length), 1);
    parts[random.below(parts.length)].merge(from.partial());
  }
  return parts[0];
}

for (const merge of MERGES) {
  for (const uplink of UPLINKS) {
    test(`${uplink}, mean over the ${merge}: any split over several aggregations gives the same model`, () => {
      const random = new Random(2);
      const base = initialModel(network(9, 6, 4), 3);
      const method = methodWith(base, { uplink, merge });
      for (let trial = 0; trial < 10; trial++) {
        const updates = Array.from({ length: 1 + random.below(25) }, () => randomUpdate(random, base));
        const whole = aggregated(base, method, updates);
        const expected = modelBytes(whole);
        for (let split = 0; split < 10; split++) {
          const together = dealt(base, method, updates, random);
          assert.is(together.reports, updates.length);
          assert.is(together.partial().join(), whole.partial().join());
          assert.is(modelBytes(together), expected, `trial ${trial}`);
        }
      }
    });
  }
}

test('a partial is a copy, in doubles that cross as bytes', () => {
  const base = initialModel(network(9, 6, 4), 3);
  const method = methodWith(base, { merge: 'senders' });
  const aggregation = aggregated(base, method, [randomUpdate(new Random(4), base)]);
  const before = modelBytes(aggregation);
  const bytes = new Uint8Array(aggregation.partial().buffer);
  const other = new Aggregation(base, method);
  other.merge(new Float64Array(bytes.slice().buffer));
  assert.is(modelBytes(other), before);
  aggregation.partial().fill(1);
  assert.is(modelBytes(aggregation), before);
});

test('numbers that no updates could add up to are refused, and nothing is added', () => {
  const base = initialModel(network(3, 2), 1); // 6 weights, 2 biases
  const method = methodWith(base, { merge: 'senders' });
  const update = randomUpdate(new Random(5), base);
  const good = aggregated(base, method, [{ ...update, examples: 10 }]).partial();
  assert.is(good.length, 2 + 6 + 6 + 2);
  const aggregation = aggregated(base, method, [update]);
  const before = aggregation.partial().join();
  const [VALUE, SENDER, BIAS] = [2, 8, 14];
  const cases: readonly [number, number, RegExp][] = [
    [0, -1, /^updates -1 at 0, expected an integer from 0/],
    [0, 0.5, /^updates 0.5 at 0/],
    [0, Number.NaN, /^updates NaN at 0/],
    [0, MAX_UPDATES, /^262145 updates, expected at most 262144/],
    [1, 0, /^examples 0 at 0, expected an integer from 1 to 4095/],
    [1, 4096, /^examples 4096 at 0/],
    [VALUE, 10 * 2 ** 17 + 1, /^layer 0 values 1310721 at 0, expected an integer from -1310720 to 1310720/],
    [VALUE + 5, Number.NEGATIVE_INFINITY, /^layer 0 values -Infinity at 5/],
    [SENDER, 11, /^layer 0 senders 11 at 0, expected an integer from 0 to 10/],
    [SENDER + 1, -1, /^layer 0 senders -1 at 1/],
    [BIAS + 1, -10 * 2 ** 23 - 1, /^layer 0 biases -83886081 at 1/],
  ];
  for (const [at, value, message] of cases) {
    const partial = good.slice();
    partial[at] = value;
    assert.throws(() => aggregation.merge(partial), message);
    assert.is(aggregation.partial().join(), before);
  }
  assert.throws(() => aggregation.merge(good.subarray(1)), /^partial sums of 15 numbers, expected 16$/);
  aggregation.merge(good);
  assert.is(aggregation.reports, 2);
});

test('the limit of updates is where sums stop being exact', () => {
  const { layout } = initialModel(network(1, 1), 1).head;
  const sums = new Sums(layout, true);
  const most = MAX_UPDATES * MAX_EXAMPLE_WEIGHT;
  const full = Float64Array.of(MAX_UPDATES, most, -(2 ** 17) * most, most, 2 ** 23 * most);
  assert.ok(full.every(Number.isSafeInteger));
  sums.merge(full);
  assert.is(sums.partial().join(), full.join());
  const update = randomUpdate(new Random(6), initialModel(network(1, 1), 1));
  assert.throws(() => sums.add(update), /^262145 updates, expected at most 262144$/);
  assert.is(sums.partial().join(), full.join());
});

test.run();
