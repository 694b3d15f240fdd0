import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recipeOf } from '../../../shared/model/recipe.js';
import {
  bestTrial,
  isAtEdge,
  RATE_GRID,
  RATE_LEAST,
  RATE_MOST,
  type RateTrial,
  rateBeyond,
  withRate,
} from '../../../tools/experiment/rate.js';

const test = suite('rate');

/** Trials of the grid with these means. */
function trialsOf(...means: number[]): RateTrial[] {
  return means.map((mean, i) => ({ rate: RATE_GRID[i], accuracy: { mean, sd: 1 } }));
}

test('the best rate is that of the best mean, the lowest of equals', () => {
  assert.is(bestTrial(trialsOf(10, 30, 70, 70, 20)).rate, 0.4);
});

test('a best rate inside needs no other', () => {
  const trials = trialsOf(10, 30, 70, 60);
  assert.is(rateBeyond(trials), undefined);
  assert.is(isAtEdge(trials), false);
});

test('a best rate at an edge asks for the next one beyond it', () => {
  assert.is(rateBeyond(trialsOf(70, 30, 20)), 0.05);
  assert.is(rateBeyond(trialsOf(10, 30, 70)), 0.8);
});

test('the search ends where rates end, and the best one stays at the edge', () => {
  for (const [first, isBetter] of [
    [0.1, (a: number, b: number) => a < b],
    [1.6, (a: number, b: number) => a > b],
  ] as const) {
    const trials = [...RATE_GRID].map((rate) => ({
      rate,
      accuracy: { mean: rate === first ? 50 : 0, sd: 0 },
    }));
    for (let rate = rateBeyond(trials); rate !== undefined; rate = rateBeyond(trials)) {
      assert.ok(rate >= RATE_LEAST && rate <= RATE_MOST);
      assert.ok(isBetter(rate, first));
      trials.push({ rate, accuracy: { mean: 50 + trials.length, sd: 0 } });
    }
    assert.ok(trials.length > RATE_GRID.length);
    assert.is(isAtEdge(trials), true);
  }
});

test('another rate keeps the fall', () => {
  const { rate, rateEnd } = withRate(recipeOf('swat', 0.1, { rate: 0.5, rateEnd: 0.25 }), 2);
  assert.equal([rate, rateEnd], [2, 1]);
});

test.run();
