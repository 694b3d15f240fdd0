import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { weightMaxima } from '../../../shared/model/bounds.js';
import { checkExponents } from '../../../shared/model/exponents.js';
import { initialModel } from '../../../shared/model/initial.js';
import { network } from './descriptions.js';

const test = suite('model/initial');

const description = network(196, 64, 32, 10);

function hash(seed: number): string {
  return createHash('sha256')
    .update(new Uint8Array(initialModel(description, seed).parameters))
    .digest('hex');
}

test('a seed gives the same model everywhere and for ever', () => {
  assert.is(hash(1), 'c8835577edb8b620c0aa1fa0482123ffeff64accfed9dcd34fa61c932927f242');
  assert.is(hash(1), hash(1));
  assert.is.not(hash(1), hash(2));
});

test('weights are normal with variance 2 / fan-in, biases 0', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const { head, parameters } = initialModel(description, seed);
    for (const { index, inputs, weights, biases } of head.layout.layers) {
      const unit = 2 ** head.exponents[index].weightExp;
      const values = [...new Int16Array(parameters, weights.offset, weights.length)].map((q) => q * unit);
      const n = values.length;
      const deviation = Math.sqrt(2 / inputs);
      const moment = (p: number) => values.reduce((sum, w) => sum + (w / deviation) ** p, 0) / n;
      // five standard errors of each moment of n normal values; twelve uniform ones have kurtosis 2.9
      assert.ok(Math.abs(moment(1)) < 5 / Math.sqrt(n), `layer ${index} mean ${moment(1)}`);
      assert.ok(Math.abs(moment(2) - 1) < 5 * Math.sqrt(1.9 / n), `layer ${index} variance ${moment(2)}`);
      assert.ok(Math.abs(moment(4) - 2.9) < 5 * Math.sqrt(80 / n), `layer ${index} kurtosis ${moment(4)}`);
      assert.ok(new Int32Array(parameters, biases.offset, biases.length).every((b) => b === 0));
    }
  }
});

test('exponents leave room for weights of 3.5, and every shift can be made', () => {
  for (const units of [
    [64, 32, 10],
    [784, 128, 100],
    [20_000, 8],
    [200, 4000, 2000, 3],
  ]) {
    const wide = network(...units);
    const { head } = initialModel(wide, 1);
    checkExponents(head);
    const maxima = weightMaxima(wide);
    for (const [i, { weightExp }] of head.exponents.entries()) {
      assert.ok(maxima[i] * 2 ** weightExp >= 3.5, `${units} layer ${i}: ${maxima[i]} · 2^${weightExp}`);
      assert.ok(weightExp === -13 || maxima[i] * 2 ** (weightExp - 1) < 3.5);
    }
  }
});

test('layers are drawn apart: equal shapes get other weights', () => {
  const { head, parameters } = initialModel(network(16, 16, 16), 1);
  const [a, b] = head.layout.layers.map(({ weights }) => new Int16Array(parameters, weights.offset, 256));
  assert.ok(a.some((w, i) => w !== b[i]));
});

test.run();
