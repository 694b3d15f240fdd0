import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keptOf, keptWeights } from '../../../shared/model/density.js';
import { layoutOf } from '../../../shared/model/layout.js';
import { network } from './descriptions.js';

const test = suite('model/density');

const layout = layoutOf(network(196, 64, 32, 10));
const SIZES = layout.layers.map((layer) => layer.weights.length);
const total = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0);

test('uniform keeps the same part of each layer, rounded up', () => {
  assert.equal(
    keptWeights(layout, 0.05, 'uniform'),
    SIZES.map((size) => Math.ceil(size / 20)),
  );
  assert.equal(keptWeights(layout, 1, 'uniform'), SIZES);
});

test('ERK keeps the total within a weight per layer, at every density', () => {
  for (let percent = 1; percent <= 100; percent++) {
    const kept = keptWeights(layout, percent / 100, 'erk');
    const wanted = (percent / 100) * layout.weightCount;
    assert.ok(total(kept) >= wanted - 1e-6 && total(kept) <= wanted + SIZES.length, `${percent} %: ${kept}`);
    assert.ok(kept.every((count, i) => Number.isInteger(count) && count >= 1 && count <= SIZES[i]));
  }
  assert.equal(keptWeights(layout, 1, 'erk'), SIZES);
});

test('ERK densities go as (fan-in + fan-out) / (fan-in · fan-out) where no layer is full', () => {
  const kept = keptWeights(layout, 0.02, 'erk');
  const scale = layout.layers.map(({ inputs, outputs }, i) => kept[i] / (inputs + outputs));
  for (const s of scale) assert.ok(Math.abs(s - scale[0]) < 1 / 42, scale.join());
});

test('a layer that ERK would fill more than once stays dense and the others share the rest', () => {
  const kept = keptWeights(layout, 0.3, 'erk');
  assert.is(kept[2], SIZES[2]);
  assert.ok(kept[0] < SIZES[0] * 0.3);
  assert.ok(kept[1] / SIZES[1] > kept[0] / SIZES[0]);
});

test('at least one is kept, and a float never makes one too many', () => {
  assert.is(keptOf(20, 0.05), 1);
  assert.is(keptOf(2048, 0.1), 205);
  assert.is(keptOf(3, 0.0001), 1);
  assert.is(keptOf(30, 0.1), 3); // 30 · 0.1 = 3.0000000000000004
  for (let count = 1; count <= 300; count++) assert.is(keptOf(count, 1), count);
});

test.run();
