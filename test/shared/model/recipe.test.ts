import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { initialModel } from '../../../shared/model/initial.js';
import { layoutOf } from '../../../shared/model/layout.js';
import { PRESETS, type PresetName, type Recipe, recipeOf } from '../../../shared/model/recipe.js';
import { denseMacsPerExample, planTraining, powerOf, testedWith } from '../../../shared/model/training.js';
import { denseModel } from '../../../shared/model/zoo.js';
import { network } from './descriptions.js';

const test = suite('model/recipe');

const layout = layoutOf(network(64, 32, 10));

test('dense keeps and sends everything, whatever density is asked', () => {
  const { method, layers } = planTraining(recipeOf('dense', 0.1), layout, 1);
  assert.equal(layers, [
    { active: 2048, keptInputs: 64, sent: 2048 },
    { active: 320, keptInputs: 32, sent: 320 },
  ]);
  assert.equal([method.activations, method.uplink, method.merge], ['all', 'all', 'cohort']);
});

test('swat trains sparse and sends everything', () => {
  const { method, layers } = planTraining(recipeOf('swat', 0.1), layout, 1);
  assert.equal(layers, [
    { active: 205, keptInputs: 7, sent: 2048 },
    { active: 32, keptInputs: 4, sent: 320 },
  ]);
  assert.equal([method.activations, method.uplink, method.merge], ['top-k', 'all', 'cohort']);
});

test('zerofl sends its density and the mask ratio, by any of three choices', () => {
  for (const uplink of ['top-k-weights', 'diff-on-top-k-weights', 'top-k-weights-diff'] as const) {
    const { method, layers } = planTraining(recipeOf('zerofl', 0.1, { uplink, maskRatio: 0.1 }), layout, 1);
    assert.equal(
      layers.map(({ active, sent }) => [active, sent]),
      [
        [205, 410],
        [32, 64],
      ],
    );
    assert.equal([method.activations, method.uplink, method.merge], ['top-k', uplink, 'cohort']);
  }
  const all = planTraining(recipeOf('zerofl', 0.9, { maskRatio: 0.5 }), layout, 1);
  assert.is(all.layers[0].sent, 2048); // never more than there are
});

test('sparrow spreads its density by ERK and sends what is active', () => {
  const { method, layers } = planTraining(recipeOf('sparrow', 0.1), layout, 1);
  const active = layers.map((layer) => layer.active);
  assert.ok(active[1] / 320 > active[0] / 2048);
  assert.ok(active[0] + active[1] - 236.8 < 2);
  for (const layer of layers) assert.is(layer.sent, layer.active);
  assert.equal([method.activations, method.uplink, method.merge], ['union', 'top-k-weights-diff', 'senders']);
});

test('sparsyfed uses all that is not 0, keeps inputs at that density and sends its part of the whole', () => {
  const recipe = recipeOf('sparsyfed', 0.1);
  const dense = planTraining(recipe, layout, 1);
  assert.equal(
    dense.layers.map(({ active, keptInputs }) => [active, keptInputs]),
    [
      [2048, 64],
      [320, 32],
    ],
  );
  assert.is(dense.layers[0].sent + dense.layers[1].sent, 205 + 32);
  assert.is(dense.method.power, 5);
  assert.is(dense.method.uplink, 'global-top-k-weights');
  const model = initialModel(network(64, 32, 10), 1, powerOf(recipe));
  const weights = new Int16Array(model.parameters, layout.layers[0].weights.offset, 2048);
  weights.fill(0, 100);
  weights.fill(5, 0, 100);
  const sparse = planTraining(recipe, layout, 2, model);
  assert.equal([sparse.layers[0].active, sparse.layers[0].keptInputs], [100, 4]);
  assert.equal(
    testedWith(recipe, dense.layers, model).map(({ active }) => active),
    sparse.layers.map(({ active }) => active),
  );
  assert.is(testedWith(recipeOf('swat', 0.1), dense.layers, model), dense.layers);
});

test('every preset plans every round in integers within the ranges of the wire', () => {
  for (const preset of PRESETS) {
    for (const density of [0.001, 0.05, 0.5, 1]) {
      const recipe = recipeOf(preset, density, { rounds: 7, clip: 4095, rate: 16 });
      for (let round = 1; round <= 8; round++) {
        const { method, layers } = planTraining(recipe, layout, round);
        for (const { active, keptInputs, sent } of layers) {
          for (const count of [active, keptInputs, sent]) assert.ok(Number.isInteger(count) && count >= 1);
        }
        assert.ok(method.clip <= 65535 && method.rate.mantissa >= 1 && method.rate.mantissa <= 255);
      }
    }
  }
});

test('the smallest rate is still a rate', () => {
  const { method } = planTraining(recipeOf('dense', 1, { rate: 1e-9, rounds: 3 }), layout, 2);
  assert.equal(method.rate, { mantissa: 16, exp: -24 });
});

test('the server adds what was merged, unless it is told another optimizer', () => {
  const { optimizer } = planTraining(recipeOf('zerofl', 0.1), layout, 1).method;
  assert.equal(optimizer, { kind: 'none', rate: 65536, momentum: 922 });
  const adam = recipeOf('zerofl', 0.1, { optimizer: 'adam', momentum: 0.9999 });
  assert.ok(adam.serverRate < 0.1);
  assert.is(planTraining(adam, layout, 1).method.optimizer.momentum, 1023);
});

test('changes replace defaults, and the last rate follows the first', () => {
  const recipe = recipeOf('sparrow', 0.2, { rate: 0.5, batch: 1 });
  assert.is(recipe.rateEnd, 0.05);
  assert.is(recipe.batch, 1);
  assert.is(recipeOf('sparrow', 0.2, { rateEnd: 0.01 }).rateEnd, 0.01);
});

const BAD: readonly [PresetName | string, number, Partial<Recipe>, RegExp][] = [
  ['fancy', 0.1, {}, /^method fancy, expected dense, swat, zerofl, sparsyfed, mask, sparrow$/],
  ['swat', 0, {}, /^density 0, expected above 0, to 1$/],
  ['swat', 1.01, {}, /^density 1.01, expected/],
  ['swat', Number.NaN, {}, /^density NaN, expected/],
  ['swat', 0.1, { activationDensity: 0 }, /^activation density 0, expected/],
  ['swat', 0.1, { rate: 0 }, /^rate 0, expected above 0, to 16$/],
  ['swat', 0.1, { rate: 17 }, /^rate 17, expected/],
  ['swat', 0.1, { rate: 0.1, rateEnd: 0.2 }, /^last rate 0.2, expected above 0, to 0.1$/],
  ['swat', 0.1, { optimizer: 'sgd' as 'none' }, /^optimizer sgd, expected none, momentum, adam$/],
  ['swat', 0.1, { serverRate: 0 }, /^server rate 0, expected above 0, to 16$/],
  ['swat', 0.1, { momentum: 1 }, /^momentum 1, expected 0 to below 1$/],
  ['zerofl', 0.1, { maskRatio: -0.1 }, /^mask ratio -0.1, expected 0 to 1$/],
  ['swat', 0.1, { clip: 5000 }, /^clip 5000, expected 0 to 4095$/],
  ['swat', 0.1, { power: 3 }, /^power 3, expected 1, 1.25, 2$/],
  ['swat', 0.1, { valueBits: 5 as 4 }, /^value bits 5, expected 16, 8, 4$/],
  ['swat', 0.1, { active: 'all' as 'nonzero' }, /^active all, expected top-k, nonzero, mask$/],
  ['swat', 0.1, { uplink: 'mask' }, /^uplink mask, expected no mask where active is top-k$/],
  ['mask', 0.1, { uplink: 'all' }, /^uplink all, expected mask where active is mask$/],
  ['mask', 0.1, { growth: 1 }, /^growth 1, expected 0 to below 1$/],
  ['mask', 0.1, { reviseEvery: 0 }, /^revise 0, expected an integer from 1 to 1000000$/],
  ['swat', 0.1, { prox: -1 }, /^prox -1, expected 0 to 16$/],
  ['swat', 0.1, { rounds: 0 }, /^rounds 0, expected an integer from 1 to 1000000$/],
  ['swat', 0.1, { epochs: 256 }, /^epochs 256, expected an integer from 1 to 255$/],
  ['swat', 0.1, { batch: 17 }, /^batch 17, expected an integer from 1 to 16$/],
  ['swat', 0.1, { batch: 1.5 }, /^batch 1.5, expected an integer/],
  ['swat', 0.1, { reselectEvery: 0 }, /^reselect 0, expected an integer from 1 to 65535$/],
  ['swat', 0.1, { holdBackEvery: -1 }, /^hold back -1, expected an integer from 0 to 65535$/],
];

for (const [preset, density, changes, message] of BAD) {
  test(`refused: ${message.source}`, () => {
    assert.throws(
      () => recipeOf(preset as PresetName, density, changes),
      (e: unknown) => e instanceof RangeError && message.test(e.message),
    );
  });
}

test('a dense step costs three products per weight, two in the first layer', () => {
  assert.is(denseMacsPerExample(layout), 2 * 2048 + 3 * 320);
});

test('the zoo knows the networks of the published comparisons', () => {
  const units = (shape: number[]) =>
    denseModel('x', { shape, type: 'uint8', exp: -8 }, 10).layers.map((layer) =>
      layer.kind === 'dense' ? layer.units : 0,
    );
  assert.equal(units([8, 8]), [32, 10]);
  assert.equal(units([14, 14]), [64, 32, 10]);
});

test.run();
