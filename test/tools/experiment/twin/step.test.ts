import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrainingExamples } from '../../../../firmware/trainer/examples.js';
import { initialModel } from '../../../../shared/model/initial.js';
import type { LayerDescription } from '../../../../shared/model/layer.js';
import type { ActivationChoice, LayerCounts, Rate } from '../../../../shared/model/method.js';
import { biasExpOf, type Model } from '../../../../shared/model/model.js';
import { type RealModel, realModel } from '../../../../tools/experiment/twin/model.js';
import { Network } from '../../../../tools/experiment/twin/network.js';
import { Trainer } from '../../../../tools/experiment/twin/trainer.js';
import { convGradients } from '../../../firmware/trainer/convreference.js';
import {
  digitModel,
  digitShards,
  part,
  planFor,
  toExamples,
  train,
  trainedModel,
} from '../../../firmware/trainer/digits.js';
import { type Bounded, referenceGradients } from '../../../firmware/trainer/reference.js';

const test = suite('twin/step');

const SHARD = digitShards(1)[0];
const LANES = [1, 3, 8, 16];

/** 1/8: large enough for steps of many units, small enough that no weight is clipped. */
const RATE: Rate = { mantissa: 128, exp: -10 };
const rate = 1 / 8;

/** The trainer divides the rate by the batch, to 8 bits. */
const RATE_ERROR = 2 ** -9;

const TIME: readonly LayerDescription[] = [
  { kind: 'conv1d', channels: 12, kernel: 3, stride: 2, padding: 'same' },
  { kind: 'globalavgpool' },
  { kind: 'dense', units: 10 },
];

const IMAGE: readonly LayerDescription[] = [
  { kind: 'conv2d', channels: 6, kernel: [3, 3], stride: [1, 1], padding: 'same' },
  { kind: 'maxpool', size: [3, 2], stride: [2, 2] },
  { kind: 'depthwise2d', kernel: [3, 3], stride: [1, 1], padding: 'same' },
  { kind: 'avgpool', size: [2, 2], stride: [1, 1] },
  { kind: 'conv2d', channels: 8, kernel: [2, 2], stride: [1, 2], padding: 'same' },
  { kind: 'dense', units: 10 },
];

const NETWORKS: Readonly<Record<string, Model>> = {
  'dense, fresh': initialModel(digitModel(24, 16), 2),
  'dense, trained': trainedModel(digitModel(32), part(SHARD, 0, 400)),
  'along time, trained': trainedModel({ ...digitModel(), layers: TIME }, part(SHARD, 0, 400)),
  'images, fresh': initialModel({ ...digitModel(), layers: IMAGE }, 4),
  'images, trained': trainedModel({ ...digitModel(), layers: IMAGE }, part(SHARD, 0, 400)),
};

interface Steps {
  readonly base: RealModel;
  readonly integer: RealModel;
  readonly twin: RealModel;
}

/** One step on the same batch in both arithmetics, without clipping. */
function stepsOf(
  model: Model,
  batch: TrainingExamples,
  layers: readonly LayerCounts[] = planFor(model, 'dense', 1).layers,
  activations: ActivationChoice = 'all',
): Steps {
  const { method } = planFor(model, 'dense', 1, { clip: 0 });
  const oneStep = { ...method, rate: RATE, batch: batch.count, activations };
  const base = realModel(model);
  const network = new Network(model.head, oneStep.power);
  new Trainer(network, { method: oneStep, layers, seed: 1 }, batch).train(base);
  const integer = train(model, oneStep, layers, batch);
  assert.is(integer.result.clipped, 0);
  return { base, integer: realModel(integer.model), twin: { ...base, layers: network.parameters() } };
}

/** The gradient that a step of `rate` shows. */
function gradientOf(before: Float64Array, after: Float64Array): Float64Array {
  return before.map((x, i) => (x - after[i]) / rate);
}

function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
}

function distance(a: Float64Array, b: ArrayLike<number>): number {
  return norm(a.map((x, i) => x - b[i]));
}

const NAMES = ['weights', 'biases'] as const;

for (const [name, model] of Object.entries(NETWORKS)) {
  test(`${name}: the twin's gradient is that of the textbook`, () => {
    for (const lanes of LANES) {
      const batch = part(SHARD, 500 + lanes, lanes);
      const { base, twin } = stepsOf(model, batch);
      const reference = convGradients(model, toExamples(batch, 64), { grid: false });
      for (const [i, layer] of base.layers.entries()) {
        for (const kind of NAMES) {
          const gradient = gradientOf(layer[kind], twin.layers[i][kind]);
          assert.ok(norm(gradient) > 0.001);
          assert.ok(distance(gradient, reference[i][kind]) < 1e-9 * norm(gradient) + 1e-13);
        }
      }
    }
  });
}

/** Gradients of the integer trainer further from the twin's than the formats allow, and how many there are. */
function beyond(model: Model, batch: TrainingExamples, turn = 0): [beyond: number, count: number] {
  const { base, integer, twin } = stepsOf(model, batch);
  const bounds = referenceGradients(model, toExamples(batch, 64));
  let far = 0;
  let count = 0;
  const compare = (i: number, kind: (typeof NAMES)[number], { bounds: most }: Bounded, unit: number) => {
    const found = gradientOf(base.layers[i][kind], integer.layers[i][kind]);
    const real = gradientOf(base.layers[i][kind], twin.layers[i][kind]);
    for (let k = 0; k < found.length; k++) {
      const value = real[(k + turn) % real.length];
      const bound = most[k] + unit / rate + RATE_ERROR * (Math.abs(value) + most[k]);
      if (Math.abs(found[k] - value) > bound) far++;
      count++;
    }
  };
  for (const [i, { weights, biases }] of bounds.entries()) {
    compare(i, 'weights', weights, 2 ** model.head.exponents[i].weightExp);
    compare(i, 'biases', biases, 2 ** biasExpOf(model.head, i));
  }
  return [far, count];
}

for (const name of ['dense, fresh', 'dense, trained']) {
  test(`${name}: every integer step is within its rounding bound of the twin's`, () => {
    for (const lanes of LANES) {
      const batch = part(SHARD, 600 + lanes, lanes);
      const [far, count] = beyond(NETWORKS[name], batch);
      assert.is(far, 0, `${far} of ${count}`);
      const [wrong] = beyond(NETWORKS[name], batch, 1); // each against its neighbour's
      assert.ok(wrong > count / 50, `${wrong} of ${count}`);
    }
  });
}

test('with every choice of weights and inputs, integer and real steps of a layer differ by their rounding', () => {
  for (const [name, model] of Object.entries(NETWORKS)) {
    const dense = planFor(model, 'dense', 1).layers;
    const { layers: sparse } = planFor(model, 'swat', 0.4);
    const kept = dense.map((layer, i) => ({ ...layer, keptInputs: sparse[i].keptInputs }));
    const cases: readonly (readonly [string, readonly LayerCounts[], ActivationChoice])[] = [
      ['all', dense, 'all'],
      ['active weights', sparse, 'all'],
      ['top-k inputs', kept, 'top-k'],
      ['union of inputs', kept, 'union'],
      ['both', sparse, 'union'],
    ];
    for (const [how, counts, activations] of cases) {
      const { base, integer, twin } = stepsOf(model, part(SHARD, 700, 8), counts, activations);
      const other = stepsOf(model, part(SHARD, 800, 8), counts, activations).twin;
      for (const [i, { weights }] of base.layers.entries()) {
        const found = gradientOf(weights, integer.layers[i].weights);
        const off = (to: RealModel) => {
          const real = gradientOf(weights, to.layers[i].weights);
          return distance(found, real) / norm(real);
        };
        const where = `${name}, ${how}, layer ${i}`;
        assert.ok(off(twin) < 0.35, `${where}: ${off(twin)}`);
        assert.ok(off(other) > 1.5 * off(twin) && off(other) > 0.4, `${where}, other batch: ${off(other)}`);
      }
    }
  }
});

test.run();
