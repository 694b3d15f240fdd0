import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluateModel } from '../../../broker/evaluation/evaluation.js';
import { evaluate } from '../../../firmware/trainer/evaluate.js';
import { Trainer } from '../../../firmware/trainer/trainer.js';
import { initialModel } from '../../../shared/model/initial.js';
import type { LayerDescription } from '../../../shared/model/layer.js';
import type { LayerCounts } from '../../../shared/model/method.js';
import { type Model, sourceOf } from '../../../shared/model/model.js';
import { PRESETS } from '../../../shared/model/recipe.js';
import { denseMacsPerExample } from '../../../shared/model/training.js';
import { digitModel, digitShards, part, planFor, sameBytes, train } from './digits.js';

const test = suite('trainer/convtrainer');

const SHARD = digitShards(1)[0];

const IMAGE: readonly LayerDescription[] = [
  { kind: 'conv2d', channels: 8, kernel: [3, 3], stride: [1, 1], padding: 'same' },
  { kind: 'maxpool', size: [2, 2], stride: [2, 2] },
  { kind: 'depthwise2d', kernel: [3, 3], stride: [1, 1], padding: 'same' },
  { kind: 'avgpool', size: [2, 2], stride: [2, 2] },
  { kind: 'conv2d', channels: 12, kernel: [2, 2], stride: [1, 1], padding: 'same' },
  { kind: 'dense', units: 10 },
];

/** The digits' rows as channels along time. */
const TIME: readonly LayerDescription[] = [
  { kind: 'conv1d', channels: 16, kernel: 3, stride: 2, padding: 'same' },
  { kind: 'conv1d', channels: 16, kernel: 3, stride: 1, padding: 'same' },
  { kind: 'globalavgpool' },
  { kind: 'dense', units: 10 },
];

const modelOf = (layers: readonly LayerDescription[]) => initialModel({ ...digitModel(), layers }, 1);
const MODELS: readonly Model[] = [modelOf(IMAGE), modelOf(TIME)];

for (const preset of PRESETS) {
  test(`${preset}: two hundred steps on digits lower the loss by a quarter and find four times what chance would`, () => {
    for (const model of MODELS) {
      const { method, layers } = planFor(model, preset, 0.5, { rate: 0.2, epochs: 4 });
      const examples = part(SHARD, 0, 400); // 50 steps of 8
      const before = evaluateModel(model, layers, examples);
      const after = evaluateModel(train(model, method, layers, examples).model, layers, examples);
      assert.ok(
        after.lossOctaves < 0.75 * before.lossOctaves,
        `${before.lossOctaves} to ${after.lossOctaves}`,
      );
      assert.ok(after.correct > 160, `${after.correct} of 400`);
    }
  });
}

function evaluated(
  model: Model,
  counts: readonly LayerCounts[],
  count: number,
  batch: number,
  slice: number,
) {
  const run = evaluate(sourceOf(model), counts, part(SHARD, 0, count), batch, slice);
  let step = run.next();
  while (!step.done) step = run.next();
  return step.value;
}

test('neither the batch nor its last, smaller part changes an evaluation: no border keeps an old value', () => {
  for (const fresh of MODELS) {
    const { method, layers } = planFor(fresh, 'sparrow', 0.6, { rate: 0.2 });
    const { model } = train(fresh, method, layers, part(SHARD, 0, 200));
    const expected = evaluated(model, layers, 53, 1, Number.POSITIVE_INFINITY);
    for (const batch of [2, 3, 7, 8, 11, 16]) {
      assert.equal(evaluated(model, layers, 53, batch, 500), expected, `batch ${batch}`);
    }
  }
});

test('a smaller batch after a larger one sees no old value', () => {
  for (const model of MODELS) {
    const { method, layers } = planFor(model, 'dense', 1);
    // a rate that moves no weight, so that each loss is that of the same model
    const still = { ...method, rate: { mantissa: 1, exp: -24 }, batch: 5 };
    const lossOf = (from: number, count: number) =>
      train(model, still, layers, part(SHARD, from, count)).result.lossOctaves;
    const alone = [0, 1, 2, 3, 4, 5].reduce((sum, i) => sum + lossOf(i, 1), 0);
    assert.is(lossOf(0, 6), alone);
  }
});

test('a training is a function of its seed, and slices change nothing', () => {
  for (const model of MODELS) {
    for (const preset of ['dense', 'swat', 'sparrow'] as const) {
      const { method, layers } = planFor(model, preset, 0.4, { rate: 0.2, batch: 7 });
      const examples = part(SHARD, 0, 60);
      const whole = train(model, method, layers, examples, 3);
      for (const slice of [1, 97, 4001]) {
        const sliced = train(model, method, layers, examples, 3, slice);
        assert.ok(sameBytes(sliced.model, whole.model), `${preset}, slices of ${slice}`);
        assert.equal(sliced.result, whole.result);
      }
      assert.not.ok(sameBytes(train(model, method, layers, examples, 4).model, whole.model));
    }
  }
});

test('a slice ends inside a row: none is longer than asked, unless one output is', () => {
  for (const model of MODELS) {
    const { method, layers } = planFor(model, 'swat', 0.5, { batch: 8 });
    const settings = { method, layers, seed: 1, sliceMacs: 1200 };
    const run = new Trainer(model.head, settings, part(SHARD, 0, 40)).train(sourceOf(model));
    for (let step = run.next(); !step.done; step = run.next()) assert.ok(step.value <= 1200, `${step.value}`);
  }
});

test('multiply-accumulates of dense training are those of the layout, and kept inputs save their share', () => {
  for (const model of MODELS) {
    const dense = planFor(model, 'dense', 1, { batch: 3 });
    const examples = part(SHARD, 0, 20);
    const { macs } = train(model, dense.method, dense.layers, examples).result;
    assert.is(macs, 20 * denseMacsPerExample(model.head.layout));
    const sparse = planFor(model, 'swat', 0.2, { batch: 3 });
    const less = train(model, sparse.method, sparse.layers, examples).result.macs;
    assert.ok(Number.isInteger(less) && less < macs / 2, `${less} of ${macs}`);
  }
});

test('a batch whose gradients would pass int32 is refused before any work', () => {
  const layers: readonly LayerDescription[] = [
    { kind: 'conv2d', channels: 1, kernel: [1, 1], stride: [1, 1], padding: 'same' },
    { kind: 'dense', units: 10 },
  ];
  const input = { shape: [30, 30], type: 'uint8', exp: -8 } as const;
  const model = initialModel({ name: 'wide', input, layers }, 1);
  const { method, layers: counts } = planFor(model, 'dense', 1, { batch: 8 });
  const examples = { count: 8, read: () => 0 };
  assert.throws(
    () => new Trainer(model.head, { method, layers: counts, seed: 1, sliceMacs: 1 }, examples),
    /^layer 0: 900 positions × batch 8, expected at most 6174/,
  );
});

test.run();
