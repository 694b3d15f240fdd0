/**
 * The choice of a learning rate: the same grid for every method, judged on held-back training
 * examples and never on the test set.
 * @module
 */
import { type Recipe, recipeOf } from '../../shared/model/recipe.js';
import type { Statistics } from './statistics.js';

/** The published grid: factors of two, so that each method's best lies inside. */
export const RATE_GRID: readonly number[] = [0.1, 0.2, 0.4, 0.8, 1.6];

/** How far the grid is continued, by the same factor, for a method whose best is at its edge. */
export const RATE_LEAST = 0.005;
export const RATE_MOST = 16;

/** Of every so many examples of a client, one is held back while a rate is being chosen. */
export const VALIDATION_EVERY = 10;

/** A rate that was tried, with its accuracy in percent on held-back examples. */
export interface RateTrial {
  readonly rate: number;
  readonly accuracy: Statistics;
}

/** The trial with the best mean; of equals the lowest rate. @param trials at least one */
export function bestTrial(trials: readonly RateTrial[]): RateTrial {
  return trials.reduce((best, trial) =>
    trial.accuracy.mean > best.accuracy.mean ||
    (trial.accuracy.mean === best.accuracy.mean && trial.rate < best.rate)
      ? trial
      : best,
  );
}

/**
 * The next rate to try when the best one lies at the edge of those tried: half of the lowest or
 * twice the highest. Undefined when it lies inside, or where no further rate is allowed.
 */
export function rateBeyond(trials: readonly RateTrial[]): number | undefined {
  const { rate } = bestTrial(trials);
  const lower = rate / 2;
  const higher = rate * 2;
  const rates = trials.map((trial) => trial.rate);
  if (lower >= RATE_LEAST && rate === Math.min(...rates)) return lower;
  if (higher <= RATE_MOST && rate === Math.max(...rates)) return higher;
  return undefined;
}

/** Whether a better rate may lie outside those tried. */
export function isAtEdge(trials: readonly RateTrial[]): boolean {
  const rates = trials.map((trial) => trial.rate);
  const { rate } = bestTrial(trials);
  return rate === Math.min(...rates) || rate === Math.max(...rates);
}

/** The same recipe at another first rate; the last one falls by the same factor. */
export function withRate(recipe: Recipe, rate: number): Recipe {
  const rateEnd = (recipe.rateEnd * rate) / recipe.rate;
  return recipeOf(recipe.preset, recipe.density, { ...recipe, rate, rateEnd });
}
