import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { initialModel } from '../../../../shared/model/initial.js';
import { type PresetName, type Recipe, recipeOf } from '../../../../shared/model/recipe.js';
import { powerOf } from '../../../../shared/model/training.js';
import { loadDataset } from '../../../../tools/datasets/dataset.js';
import { modelFor } from '../../../../tools/datasets/model.js';
import { split, wholeSet } from '../../../../tools/datasets/split.js';
import type { SimulatedRound, SimulationSettings } from '../../../../tools/experiment/rounds.js';
import { simulate } from '../../../../tools/experiment/simulation.js';
import { type RealModel, realModel } from '../../../../tools/experiment/twin/model.js';
import { simulateTwin } from '../../../../tools/experiment/twin/simulation.js';

const test = suite('twin/simulation');

const DATASET = loadDataset('digits');
const DESCRIPTION = modelFor(DATASET);
const SHARDS = split(DATASET.train, { partition: 'natural', seed: 1 });

function settingsOf(recipe: Recipe, changes: Partial<SimulationSettings> = {}): SimulationSettings {
  return {
    ...{ description: DESCRIPTION, recipe, shards: SHARDS, test: wholeSet(DATASET.test) },
    ...{ cohort: 4, seed: 1, validate: false, evaluateEvery: 1 },
    ...changes,
  };
}

function toEnd<T>(run: Generator<SimulatedRound, T>): T {
  let step = run.next();
  while (!step.done) step = run.next();
  return step.value;
}

/** Norm of the difference of all parameters. */
function distance(a: RealModel, b: RealModel): number {
  let sum = 0;
  for (const [i, layer] of a.layers.entries()) {
    for (const name of ['weights', 'biases'] as const) {
      for (let k = 0; k < layer[name].length; k++) sum += (layer[name][k] - b.layers[i][name][k]) ** 2;
    }
  }
  return Math.sqrt(sum);
}

/** Every place in which a method makes a choice, after two rounds. */
const METHODS: readonly (readonly [PresetName, number, Partial<Recipe>])[] = [
  ['dense', 1, { epochs: 3, batch: 5 }],
  ['dense', 1, { epochs: 3, prox: 0.5 }],
  ['dense', 1, { epochs: 2, power: 1.25 }],
  ['dense', 1, { power: 2, prox: 0.5, epochs: 2, reselectEvery: 20 }],
  ['dense', 1, { clip: 0.5, serverRate: 0.5 }],
  ['dense', 1, { optimizer: 'momentum', serverRate: 0.5 }],
  ['dense', 1, { optimizer: 'adam' }],
  ['swat', 0.3, { holdBackEvery: 10 }],
  ['zerofl', 0.3, {}],
  ['zerofl', 0.3, { uplink: 'top-k-weights' }],
  ['zerofl', 0.3, { uplink: 'top-k-weights', merge: 'senders' }],
  ['zerofl', 0.3, { uplink: 'diff-on-top-k-weights' }],
  ['sparsyfed', 0.3, {}],
  ['mask', 0.3, { growth: 0.5, epochs: 2 }],
  ['sparrow', 0.3, { epochs: 2 }],
  ['sparrow', 0.1, { rampFrom: 0.6 }],
];

for (const [preset, density, changes] of METHODS) {
  const name = [preset, ...Object.entries(changes).map((change) => change.join(' '))].join(', ');

  test(`${name}: both arithmetics go the same way, up to rounding`, () => {
    const recipe = recipeOf(preset, density, { rounds: 2, rate: 0.2, ...changes });
    const integer = toEnd(simulate(settingsOf(recipe)));
    const twin = toEnd(simulateTwin(settingsOf(recipe)));
    const others = { shards: [...SHARDS].reverse() }; // the same draws give other clients
    const other = toEnd(simulateTwin(settingsOf(recipe, others)));
    const start = realModel(initialModel(DESCRIPTION, 1, powerOf(recipe)));
    const way = distance(twin.model, start);
    const off = distance(realModel(integer.model), twin.model);
    assert.ok(off < 0.2 * way, `${off / way} of the way`);
    assert.ok(distance(other.model, twin.model) > 2 * off, `${off / way} of the way, as with other clients`);
    for (const [i, { loss, active }] of twin.rounds.entries()) {
      const { loss: lossOfIntegers, active: ofIntegers } = integer.rounds[i];
      assert.ok(Math.abs(loss - lossOfIntegers) < 0.03 * loss, `loss ${loss}, in integers ${lossOfIntegers}`);
      // what is not 0 may differ by a few, where small weights were chosen
      for (const [k, count] of active.entries()) assert.ok(Math.abs(count - ofIntegers[k]) <= count / 100);
    }
  });
}

test('a run of the twin is a function of its settings', () => {
  const recipe = recipeOf('sparrow', 0.1, { rounds: 3 });
  const [first, second] = [1, 2].map(() => toEnd(simulateTwin(settingsOf(recipe))));
  assert.is(distance(first.model, second.model), 0);
  assert.equal(first.rounds, second.rounds);
  assert.ok(toEnd(simulateTwin(settingsOf(recipe, { seed: 2 }))).accuracy !== first.accuracy);
});

test('it learns, sends nothing and counts no work', () => {
  const recipe = recipeOf('sparrow', 0.2, { rounds: 30, holdBackEvery: 10 });
  const { accuracy, rounds } = toEnd(simulateTwin(settingsOf(recipe, { cohort: 10, validate: true })));
  assert.ok(accuracy > 0.8, `accuracy ${accuracy}`);
  for (const { bytesUp, bytesDown, updateBytes, macs } of rounds) {
    assert.is(bytesUp + bytesDown + updateBytes + macs, 0);
  }
});

test.run();
