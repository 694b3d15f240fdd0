import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Aggregation } from '../../broker/aggregation/aggregation.js';
import { Random } from '../../shared/fixed/random.js';
import { BIAS_MAX, weightMaxima } from '../../shared/model/bounds.js';
import {
  biasBitsOf,
  type LayerDelta,
  maxBiasShift,
  maxValueShift,
  VALUE_BITS,
} from '../../shared/model/delta.js';
import { initialModel } from '../../shared/model/initial.js';
import type { MergeChoice, TrainingMethod, UplinkChoice } from '../../shared/model/method.js';
import type { Model } from '../../shared/model/model.js';
import { recipeOf } from '../../shared/model/recipe.js';
import { planTraining } from '../../shared/model/training.js';
import { MAX_EXAMPLE_WEIGHT, type Update } from '../../shared/protocol/update.js';
import { network } from '../shared/model/descriptions.js';

const test = suite('aggregation');

const UPLINKS: readonly UplinkChoice[] = [
  'all',
  'top-k-weights',
  'diff-on-top-k-weights',
  'top-k-weights-diff',
];
const MERGES: readonly MergeChoice[] = ['cohort', 'senders'];

function methodOf(uplink: UplinkChoice, merge: MergeChoice, base: Model): TrainingMethod {
  return { ...planTraining(recipeOf('dense', 1), base.head.layout, 1).method, uplink, merge };
}

/** An update of random places and values, of any size, some at the ends of their ranges. */
function randomUpdate(random: Random, { head }: Model, uplink: UplinkChoice): Update {
  const full = random.below(3) === 0;
  const value = () => (full ? (random.below(2) === 0 ? 32767 : -32767) : random.below(2001) - 1000);
  const layers = head.layout.layers.map(({ outputs, weights }): LayerDelta => {
    const share = 1 + random.below(3); // of 4
    const places = Array.from({ length: weights.length }, (_, i) => i).filter(() => random.below(4) < share);
    const positions = uplink === 'all' ? ('all' as const) : Uint32Array.from(places);
    return {
      positions,
      values: Int16Array.from({ length: uplink === 'all' ? weights.length : places.length }, value),
      shift: random.below(3),
      biases: Int16Array.from({ length: outputs }, value),
      biasShift: random.below(9),
    };
  });
  return {
    device: 'board',
    ...{ round: 1, attempt: 1, baseHash: '0000000000000000', loss: 0, heldBack: 0, correct: 0, macs: 0 },
    valueBits: 16,
    examples: random.below(4) === 0 ? MAX_EXAMPLE_WEIGHT : 1 + random.below(200),
    layers,
  };
}

function merged(base: Model, method: TrainingMethod, updates: readonly Update[]): Model {
  const aggregation = new Aggregation(base, method);
  for (const update of updates) aggregation.add(update);
  assert.is(aggregation.reports, updates.length);
  return aggregation.result();
}

function bytes(model: Model): Buffer {
  return Buffer.from(model.parameters);
}

/** Quotient to nearest, ties away from zero. */
function nearest(n: bigint, d: bigint): bigint {
  const magnitude = (2n * (n < 0n ? -n : n) + d) / (2n * d);
  return n < 0n ? -magnitude : magnitude;
}

function clamp(x: bigint, limit: number): number {
  return Math.max(-limit, Math.min(limit, Number(x)));
}

/** The rule, coordinate by coordinate, in BigInt. */
function naive(base: Model, { uplink, merge }: TrainingMethod, updates: readonly Update[]): Buffer {
  const parameters = base.parameters.slice(0);
  const maxima = weightMaxima(base.head.description);
  for (const { index, weights, biases } of base.head.layout.layers) {
    const all = new Int16Array(parameters, weights.offset, weights.length);
    for (let i = 0; i < all.length; i++) {
      let sum = 0n;
      let count = 0n;
      for (const { examples, layers } of updates) {
        const { positions, values, shift } = layers[index];
        const k = positions === 'all' ? i : positions.indexOf(i);
        if (k >= 0) sum += BigInt(examples) * (BigInt(values[k]) << BigInt(shift));
        if (k >= 0 || merge === 'cohort') count += BigInt(examples);
      }
      if (count === 0n) continue;
      const mean = nearest(sum, count);
      all[i] = clamp(uplink === 'top-k-weights' ? mean : BigInt(all[i]) + mean, maxima[index]);
    }
    const others = new Int32Array(parameters, biases.offset, biases.length);
    for (let r = 0; r < others.length; r++) {
      let sum = 0n;
      let count = 0n;
      for (const { examples, layers } of updates) {
        sum += BigInt(examples) * (BigInt(layers[index].biases[r]) << BigInt(layers[index].biasShift));
        count += BigInt(examples);
      }
      others[r] = clamp(BigInt(others[r]) + nearest(sum, count), BIAS_MAX);
    }
  }
  return Buffer.from(parameters);
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

for (const merge of MERGES) {
  for (const uplink of UPLINKS) {
    test(`${uplink}, mean over the ${merge}: the rule in BigInt, whatever the order`, () => {
      const random = new Random(1);
      const base = initialModel(network(7, 5, 3), 1);
      const before = bytes(base);
      const method = methodOf(uplink, merge, base);
      for (let trial = 0; trial < 8; trial++) {
        const updates = Array.from({ length: 1 + random.below(20) }, () =>
          randomUpdate(random, base, uplink),
        );
        const expected = naive(base, method, updates);
        for (let order = 0; order < 12; order++) {
          assert.ok(
            bytes(merged(base, method, shuffled(updates, random))).equals(expected),
            `trial ${trial}`,
          );
        }
      }
      assert.ok(bytes(base).equals(before), 'the base stays as it is');
    });
  }
}

/** A model of one weight and one bias, and an update that sends values for them, or no weight. */
function single(weight: number): { base: Model; weightMax: number } {
  const base = initialModel(network(1, 1), 1);
  new Int16Array(base.parameters)[0] = weight;
  return { base, weightMax: weightMaxima(base.head.description)[0] };
}

function sends(value: number | undefined, examples: number, delta: Partial<LayerDelta> = {}): Update {
  const layer: LayerDelta = {
    positions: value === undefined ? new Uint32Array(0) : Uint32Array.of(0),
    values: value === undefined ? new Int16Array(0) : Int16Array.of(value),
    ...{ shift: 0, biases: new Int16Array(1), biasShift: 0 },
    ...delta,
  };
  return {
    ...{ device: 'board', round: 1, attempt: 1, baseHash: '0000000000000000', loss: 0 },
    ...{ heldBack: 0, correct: 0, macs: 0, valueBits: 16, examples },
    layers: [layer],
  };
}

function weightOf(
  weight: number,
  uplink: UplinkChoice,
  merge: MergeChoice,
  updates: readonly Update[],
): number {
  const { base } = single(weight);
  return new Int16Array(merged(base, methodOf(uplink, merge, base), updates).parameters)[0];
}

test('who did not send counts as zero over the cohort, and not at all over the senders', () => {
  const updates = [sends(90, 10), sends(undefined, 20)];
  assert.is(weightOf(7, 'top-k-weights-diff', 'cohort', updates), 7 + 30);
  assert.is(weightOf(7, 'top-k-weights-diff', 'senders', updates), 7 + 90);
  assert.is(weightOf(7, 'top-k-weights', 'cohort', updates), 30);
  assert.is(weightOf(7, 'top-k-weights', 'senders', updates), 90);
});

test('a weight that nobody sent stays, but where values over the cohort replace it', () => {
  const nobody = [sends(undefined, 3), sends(undefined, 9)];
  assert.is(weightOf(7, 'top-k-weights-diff', 'cohort', nobody), 7);
  assert.is(weightOf(7, 'top-k-weights-diff', 'senders', nobody), 7);
  assert.is(weightOf(7, 'top-k-weights', 'senders', nobody), 7);
  assert.is(weightOf(7, 'top-k-weights', 'cohort', nobody), 0);
});

test('the mean is rounded once, to nearest, ties away from zero', () => {
  assert.is(weightOf(0, 'top-k-weights-diff', 'cohort', [sends(1, 1), sends(undefined, 1)]), 1);
  assert.is(weightOf(0, 'top-k-weights-diff', 'cohort', [sends(-1, 1), sends(undefined, 1)]), -1);
  assert.is(weightOf(0, 'top-k-weights-diff', 'cohort', [sends(1, 1), sends(undefined, 2)]), 0);
  assert.is(weightOf(0, 'top-k-weights-diff', 'cohort', [sends(1, 1), sends(1, 1), sends(0, 1)]), 1);
});

test('weights and biases saturate at the bounds on which every sum rests', () => {
  const { base, weightMax } = single(weightMaxima(network(1, 1))[0]);
  const method = methodOf('top-k-weights-diff', 'senders', base);
  new Int32Array(base.parameters)[1] = BIAS_MAX - 5;
  for (const sign of [1, -1]) {
    const most = sends(sign * 32767, 1, { shift: 2, biases: Int16Array.of(sign * 32767), biasShift: 8 });
    let model = base;
    for (let round = 0; round < 100; round++) model = merged(model, method, [most, most]);
    assert.is(new Int16Array(model.parameters)[0], sign * weightMax);
    assert.is(new Int32Array(model.parameters)[1], sign * BIAS_MAX);
  }
});

test('2^18 updates at every end of their ranges still add up exactly', () => {
  const { base } = single(0);
  const method = methodOf('top-k-weights', 'cohort', base);
  const aggregation = new Aggregation(base, method);
  const most = sends(32767, MAX_EXAMPLE_WEIGHT, { shift: 2, biases: Int16Array.of(32767), biasShift: 8 });
  const last = sends(-32767, 1, { shift: 0, biases: Int16Array.of(-32767), biasShift: 8 });
  for (let i = 1; i < 1 << 18; i++) aggregation.add(most);
  aggregation.add(last);
  const examples = BigInt((1 << 18) - 1) * BigInt(MAX_EXAMPLE_WEIGHT);
  const bias = nearest(256n * (examples - 1n) * 32767n, examples + 1n);
  const { parameters } = aggregation.result();
  assert.is(BigInt(new Int32Array(parameters)[1]), bias);
  assert.ok(256n * examples * 32767n < 1n << 53n);
});

test('values of 8 and 4 bits at their ends add up as those of 16 bits do', () => {
  const { base } = single(0);
  const method = methodOf('top-k-weights', 'cohort', base);
  for (const bits of VALUE_BITS) {
    const aggregation = new Aggregation(base, method);
    const value = -(2 ** (bits - 1));
    const bias = -(2 ** (biasBitsOf(bits) - 1));
    const [shift, biasShift] = [maxValueShift(bits), maxBiasShift(bits)];
    for (let i = 0; i < 1000; i++) {
      const delta = { shift, biases: Int16Array.of(bias), biasShift };
      aggregation.add({ ...sends(value, MAX_EXAMPLE_WEIGHT, delta), valueBits: bits });
    }
    const { weights, biases } = aggregation.changes(0);
    assert.is(weights.sums[0], -1000 * MAX_EXAMPLE_WEIGHT * 2 ** 17);
    assert.is(biases.sums[0], -1000 * MAX_EXAMPLE_WEIGHT * 2 ** 23);
  }
});

test('no update, no model', () => {
  const { base } = single(0);
  assert.throws(
    () => new Aggregation(base, methodOf('all', 'cohort', base)).result(),
    /^aggregation of 0 updates, expected 1 or more$/,
  );
});

test.run();
