import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrainingExamples } from '../../../firmware/trainer/examples.js';
import { TOPK_STATE } from '../../../shared/masks/count.js';
import { selectTopk } from '../../../shared/masks/topk.js';
import { initialModel } from '../../../shared/model/initial.js';
import type { ActivationChoice, LayerCounts, Rate } from '../../../shared/model/method.js';
import { biasExpOf, type Model } from '../../../shared/model/model.js';
import {
  biasesOf,
  digitModel,
  digitShards,
  part,
  planFor,
  toExamples,
  train,
  trainedModel,
  weightsOf,
} from './digits.js';
import { type Bounded, type Choices, referenceGradients } from './reference.js';

const test = suite('trainer/gradient');

const SHARD = digitShards(1)[0];

/** 1/8: large enough for steps of many units, small enough that no weight is clipped. */
const RATE: Rate = { mantissa: 128, exp: -10 };
const rate = 1 / 8;

/** The trainer divides the rate by the batch, to 8 bits. */
const RATE_ERROR = 2 ** -9;

interface Comparison {
  readonly beyond: number; // gradients further from the reference than their bound
  readonly count: number;
  readonly tightest: number; // largest part of its bound that a difference takes up
  readonly relative: number; // norm of the differences by norm of the gradient
  readonly boundRelative: number; // norm of the bounds by norm of the gradient
}

/**
 * Takes one step with the trainer and reads the gradient off the weights. What is lost by that is less
 * than one unit of a weight (stochastic rounding) or of a bias, and RATE_ERROR of the gradient; the
 * rest of the bound is the reference's.
 */
function compare(
  base: Model,
  batch: TrainingExamples,
  counts: LayerCounts[],
  choices: Choices,
  kind: ActivationChoice,
) {
  const { method } = planFor(base, 'dense', 1, { clip: 0 });
  const oneStep = { ...method, rate: RATE, batch: batch.count, activations: kind };
  const { model, result } = train(base, oneStep, counts, batch);
  assert.is(result.clipped, 0);
  const reference = referenceGradients(base, toExamples(batch, base.head.layout.inputs), choices);
  const comparisons = reference.map(({ weights, biases }, index) => {
    const weightUnit = 2 ** base.head.exponents[index].weightExp;
    const biasUnit = 2 ** biasExpOf(base.head, index);
    return join(
      difference(weightsOf(base, index), weightsOf(model, index), weightUnit, weights, weightUnit / rate),
      difference(biasesOf(base, index), biasesOf(model, index), biasUnit, biases, biasUnit / rate),
    );
  });
  return comparisons;
}

interface Squares {
  beyond: number;
  count: number;
  tightest: number;
  off: number;
  bound: number;
  gradient: number;
}

function difference(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  unit: number,
  { values, bounds }: Bounded,
  rounding: number,
): Squares {
  const sum = { beyond: 0, count: values.length, tightest: 0, off: 0, bound: 0, gradient: 0 };
  for (let i = 0; i < values.length; i++) {
    const gradient = ((before[i] - after[i]) * unit) / rate;
    const off = Math.abs(gradient - values[i]);
    const bound = bounds[i] + rounding + RATE_ERROR * (Math.abs(values[i]) + bounds[i]);
    if (off > bound) sum.beyond++;
    sum.tightest = Math.max(sum.tightest, off / bound);
    sum.off += off * off;
    sum.bound += bound * bound;
    sum.gradient += values[i] * values[i];
  }
  return sum;
}

function join(a: Squares, b: Squares): Comparison {
  const gradient = Math.sqrt(a.gradient + b.gradient);
  return {
    beyond: a.beyond + b.beyond,
    count: a.count + b.count,
    tightest: Math.max(a.tightest, b.tightest),
    relative: Math.sqrt(a.off + b.off) / gradient,
    boundRelative: Math.sqrt(a.bound + b.bound) / gradient,
  };
}

const NETWORKS: Readonly<Record<string, Model>> = {
  '64-32-10 fresh': initialModel(digitModel(32), 1),
  '64-32-10 trained': trainedModel(digitModel(32), part(SHARD, 0, 400)),
  '64-24-16-10 fresh': initialModel(digitModel(24, 16), 2),
  '64-24-16-10 trained': trainedModel(digitModel(24, 16), part(SHARD, 0, 400)),
};

function countsOf(model: Model): LayerCounts[] {
  return planFor(model, 'dense', 1).layers;
}

const LANES = [1, 2, 3, 4, 7, 8, 11, 16];
const TRIALS = 3; // batches for each number of lanes

/** Compares many batches; gives the worst of each figure. */
function worstOf(model: Model, choices: Choices, counts = countsOf(model), kind: ActivationChoice = 'all') {
  const worst = { beyond: 0, count: 0, tightest: 0, relative: 0, boundRelative: 0 };
  for (const lanes of LANES) {
    for (let trial = 0; trial < TRIALS; trial++) {
      const batch = part(SHARD, 500 + 16 * trial, lanes);
      for (const c of compare(model, batch, counts, choices, kind)) {
        worst.beyond += c.beyond;
        worst.count += c.count;
        worst.tightest = Math.max(worst.tightest, c.tightest);
        worst.relative = Math.max(worst.relative, c.relative);
        worst.boundRelative = Math.max(worst.boundRelative, c.boundRelative);
      }
    }
  }
  return worst;
}

const FAULTS = ['sign', 'mask', 'target', 'bias', 'mean'] as const;

for (const [name, model] of Object.entries(NETWORKS)) {
  for (const grid of [false, true]) {
    const how = grid ? 'activations on the grid' : 'nothing rounded';
    test(`${name}, ${how}: every gradient is within its bound of the float64 one`, () => {
      const { beyond, count, tightest } = worstOf(model, { grid });
      assert.is(beyond, 0, `${beyond} of ${count}, ${tightest} of the bound`);
    });

    test(`${name}, ${how}: a planted fault passes the bounds`, () => {
      for (const fault of FAULTS) {
        if (fault === 'bias' && name.endsWith('fresh')) continue; // they are all 0
        const { beyond, count } = worstOf(model, { grid, fault });
        assert.ok(beyond > count / 50, `${fault}: ${beyond} of ${count}`);
      }
    });
  }

  test(`${name}: on the grid the trainer is near the reference, not just within the bound`, () => {
    const { relative } = worstOf(model, { grid: true });
    assert.ok(relative < (name.endsWith('fresh') ? 0.02 : 0.12), `${relative} of the gradient's norm`);
  });

  test(`${name}: gradients of active weights only, and of kept inputs only`, () => {
    for (const density of [0.05, 0.3, 0.8]) {
      const { layers: counts } = planFor(model, 'sparrow', density);
      const active = model.head.layout.layers.map(({ index }) =>
        largest(weightsOf(model, index), counts[index].active),
      );
      const isActive = (layer: number, i: number) => active[layer].has(i);
      const sparse = counts.map((layer, i) => ({ ...layer, keptInputs: countsOf(model)[i].keptInputs }));
      const weights = worstOf(model, { grid: true, isActive }, sparse);
      assert.is(weights.beyond, 0, `density ${density}: ${weights.tightest} of the bound`);
      assert.ok(worstOf(model, { grid: true }, sparse).beyond > 0);
    }
  });
}

/** Places of the largest magnitudes. */
function largest(values: Int16Array, count: number): Set<number> {
  const places = new Uint32Array(count);
  selectTopk(places, new Int32Array(TOPK_STATE), values, 0, values.length, count);
  return new Set(places);
}

/** The inputs of layer 0 that each example keeps: with `ties` all that equal the last one. */
function keptOf(batch: TrainingExamples, inputs: number, keep: number, ties: boolean): Set<number>[] {
  return toExamples(batch, inputs).map(({ features }) => {
    const order = Array.from({ length: inputs }, (_, c) => c).sort(
      (a, b) => features[b] - features[a] || a - b,
    );
    const least = features[order[keep - 1]];
    const kept = order.filter((c, i) => features[c] > 0 && (i < keep || (ties && features[c] === least)));
    return new Set(kept);
  });
}

test('the weight gradient uses the inputs that the method keeps, and no others', () => {
  const model = NETWORKS['64-32-10 fresh'];
  const [first, second] = countsOf(model);
  const counts = [{ ...first, keptInputs: 7 }, second]; // in layer 0, where the choice has no rounding
  for (const lanes of [1, 5, 8]) {
    const batch = part(SHARD, 700, lanes);
    const own = keptOf(batch, 64, 7, true);
    const union = new Set(keptOf(batch, 64, 7, false).flatMap((kept) => [...kept]));
    const topk: Choices = { grid: true, isKept: (layer, lane, c) => layer > 0 || own[lane].has(c) };
    const columns: Choices = { grid: true, isKept: (layer, _, c) => layer > 0 || union.has(c) };
    const beyond = (choices: Choices, kind: ActivationChoice) =>
      compare(model, batch, counts, choices, kind).reduce((sum, c) => sum + c.beyond, 0);
    assert.is(beyond(topk, 'top-k'), 0, `top-k, ${lanes} examples`);
    assert.is(beyond(columns, 'union'), 0, `union, ${lanes} examples`);
    assert.ok(beyond({ grid: true }, 'top-k') > 0 && beyond({ grid: true }, 'union') > 0);
    if (lanes > 1) assert.ok(beyond(topk, 'union') > 0 && beyond(columns, 'top-k') > 0);
  }
});

test.run();
