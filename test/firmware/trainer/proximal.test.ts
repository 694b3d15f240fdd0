import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PULL_BITS, pullOf } from '../../../firmware/trainer/proximal.js';
import { initialModel } from '../../../shared/model/initial.js';
import { PROX_BITS } from '../../../shared/model/method.js';
import type { Model } from '../../../shared/model/model.js';
import { biasesOf, digitModel, digitShards, part, planFor, sameBytes, train, weightsOf } from './digits.js';

const test = suite('trainer/proximal');

const BASE = initialModel(digitModel(16), 3);
const EXAMPLES = part(digitShards(4)[0], 0, 120);

function trained(prox: number, sliceMacs?: number): Model {
  const { method, layers } = planFor(BASE, 'sparrow', 0.3, { prox, epochs: 3, reselectEvery: 40 });
  return train(BASE, method, layers, EXAMPLES, 5, sliceMacs).model;
}

function distance(model: Model): number {
  let sum = 0;
  for (const index of [0, 1]) {
    const base = weightsOf(BASE, index);
    weightsOf(model, index).forEach((w, i) => {
      sum += (w - base[i]) ** 2;
    });
  }
  return Math.sqrt(sum);
}

test('the pull of many steps is 1 - (1 - rate · mu)^steps', () => {
  for (const exp of [-12, -9, -7]) {
    for (const mu of [0.001, 0.01, 0.1, 1]) {
      for (const steps of [0, 1, 5, 40]) {
        const rate = 150 * 2 ** exp;
        const pull = pullOf({ mantissa: 150, exp }, Math.round(mu * 2 ** PROX_BITS), steps);
        const exact = (1 - (1 - Math.min(1, rate * mu)) ** steps) * 2 ** PULL_BITS;
        assert.ok(Math.abs(pull - exact) <= 1 + exact * 0.01, `${exp} ${mu} ${steps}: ${pull}, ${exact}`);
      }
    }
  }
});

test('a step of 1 and more is the whole way, never further', () => {
  assert.is(pullOf({ mantissa: 255, exp: 0 }, 2 ** 20, 1), 2 ** PULL_BITS);
});

test('the stronger the term, the nearer to the base training ends', () => {
  const distances = [0, 0.1, 1, 10].map((prox) => distance(trained(prox)));
  for (let i = 1; i < distances.length; i++)
    assert.ok(distances[i] < 0.95 * distances[i - 1], `${distances}`);
});

test('a term that goes the whole way ends at the base', () => {
  const { method, layers } = planFor(BASE, 'sparrow', 0.3);
  const strong = { ...method, rate: { mantissa: 255, exp: -4 }, prox: 2 ** 20 };
  const { model } = train(BASE, strong, layers, EXAMPLES);
  assert.ok(sameBytes(model, BASE));
  assert.equal([...biasesOf(model, 0)], [...biasesOf(BASE, 0)]);
});

test('slices change no bit', () => {
  const whole = trained(0.5);
  for (const slice of [1, 333, 10_000]) assert.ok(sameBytes(trained(0.5, slice), whole), `${slice}`);
});

test.run();
