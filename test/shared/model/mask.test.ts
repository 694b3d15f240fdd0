import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mix, Random } from '../../../shared/fixed/random.js';
import { Pace } from '../../../shared/masks/pace.js';
import { finish } from '../../../shared/masks/work.js';
import { initialModel } from '../../../shared/model/initial.js';
import { GROWTH_BITS, type MaskTerms, maskOf } from '../../../shared/model/mask.js';
import { sourceOf } from '../../../shared/model/model.js';
import { network } from './descriptions.js';

const test = suite('model/mask');

const MODEL = initialModel(network(37, 29, 5), 3);

function terms(active: readonly number[], growth: number, round = 1): MaskTerms {
  const layers = active.map((count) => ({ active: count, keptInputs: 1, sent: count }));
  return { method: { growth: Math.floor(growth * 2 ** GROWTH_BITS) }, layers, taskSeed: 7, round };
}

/** The largest by sorting, then the draws one by one. */
function naive(index: number, { method, layers, taskSeed, round }: MaskTerms): number[] {
  const { offset, length } = MODEL.head.layout.layers[index].weights;
  const weights = [...new Int16Array(MODEL.parameters, offset, length)];
  const order = weights.map((_, i) => i);
  order.sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]) || a - b);
  const { active } = layers[index];
  const grown = Math.floor((active * method.growth) / 65536);
  const mask = new Set(order.slice(0, active - grown));
  const random = new Random(mix(mix(taskSeed, round), index));
  while (mask.size < active) mask.add(random.below(length));
  return [...mask].sort((a, b) => a - b);
}

test('a mask is the largest weights and the draws of its round', () => {
  for (const active of [
    [1, 1],
    [54, 8],
    [1000, 144],
    [1072, 145],
    [1073, 145],
  ]) {
    for (const growth of [0, 0.1, 0.5, 0.999]) {
      for (const round of [1, 12]) {
        const asked = terms(active, growth, round);
        for (const index of [0, 1]) {
          const mask = finish(maskOf(sourceOf(MODEL), index, asked, new Pace(1000)));
          assert.equal([...mask], naive(index, asked), `${active}, growth ${growth}`);
        }
      }
    }
  }
});

test('another round grows other weights', () => {
  const mask = (round: number) =>
    finish(maskOf(sourceOf(MODEL), 0, terms([100, 10], 0.5, round), new Pace(1000))).join();
  assert.is(mask(1), mask(1));
  assert.is.not(mask(1), mask(2));
});

test('making a mask pauses', () => {
  let longest = 0;
  const run = maskOf(sourceOf(MODEL), 0, terms([1000, 10], 0.9), new Pace(2000));
  for (let step = run.next(); !step.done; step = run.next()) longest = Math.max(longest, step.value);
  assert.ok(longest > 0 && longest <= 2100, `${longest}`);
});

test.run();
