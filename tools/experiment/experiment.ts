/**
 * An experiment: one method on one data set over several seeds, at a given learning rate or at the
 * best one of the published grid, chosen on held-back training examples and never on the test set.
 * @module
 */
import { type Recipe, recipeOf } from '../../shared/model/recipe.js';
import type { Job, JobResult } from './job.js';
import { runJobs } from './pool.js';

/** The same for every method: factors of two, so that each method's best lies inside. */
export const RATE_GRID = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2] as const;

/** Of every so many examples of a client, one is held back while a rate is being chosen. */
const VALIDATION_EVERY = 10;

export interface ExperimentSettings extends Omit<Job, 'seed' | 'validate'> {
  readonly seeds: number; // 1 to this
  readonly tune: boolean; // choose the rate from RATE_GRID first
}

export interface Statistics {
  readonly mean: number;
  readonly sd: number; // of the sample; 0 for one value
}

export interface ExperimentResult {
  readonly recipe: Recipe; // with the rate that was used
  readonly accuracy: Statistics; // percent
  readonly runs: readonly JobResult[]; // one per seed
}

/** @param say gets one line at a time, for a person */
export async function runExperiment(
  settings: ExperimentSettings,
  say: (line: string) => void,
): Promise<ExperimentResult> {
  const recipe = settings.tune ? await tuned(settings, say) : settings.recipe;
  const jobs = seedsOf({ ...settings, recipe });
  const runs = await runJobs(jobs, ({ seed }, result) => say(runLine(`seed ${seed}`, result)));
  return { recipe, runs, accuracy: statistics(runs.map((run) => 100 * run.accuracy)) };
}

export function statistics(values: readonly number[]): Statistics {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

/** The recipe at the grid's best rate by accuracy on held-back examples. */
async function tuned(settings: ExperimentSettings, say: (line: string) => void): Promise<Recipe> {
  const recipes = RATE_GRID.map((rate) => withRate(settings.recipe, rate, VALIDATION_EVERY));
  const jobs = recipes.flatMap((recipe) => seedsOf({ ...settings, recipe }, true));
  const results = await runJobs(jobs, () => {});
  let best = 0;
  let bestMean = -1;
  for (const [i, rate] of RATE_GRID.entries()) {
    const own = results.slice(i * settings.seeds, (i + 1) * settings.seeds);
    const { mean, sd } = statistics(own.map((run) => 100 * run.accuracy));
    say(`rate ${rate}: held-back accuracy ${mean.toFixed(2)} sd ${sd.toFixed(2)}`);
    if (mean > bestMean) {
      best = i;
      bestMean = mean;
    }
  }
  const isEdge = best === 0 || best === RATE_GRID.length - 1;
  say(
    `best rate ${RATE_GRID[best]}${isEdge ? ', at the edge of the grid: a better one may lie outside' : ''}`,
  );
  return withRate(settings.recipe, RATE_GRID[best], settings.recipe.holdBackEvery);
}

/** The same recipe at another first rate; the last one falls by the same factor. */
function withRate(recipe: Recipe, rate: number, holdBackEvery: number): Recipe {
  const rateEnd = (recipe.rateEnd * rate) / recipe.rate;
  return recipeOf(recipe.preset, recipe.density, { ...recipe, rate, rateEnd, holdBackEvery });
}

function seedsOf(settings: ExperimentSettings, validate = false): Job[] {
  const { data, clientsFile, modelFile, partition, clients, cohort, recipe, seeds } = settings;
  return Array.from({ length: seeds }, (_, i) => ({
    ...{ data, clientsFile, modelFile, partition, clients, cohort, recipe, validate },
    seed: i + 1,
  }));
}

function runLine(name: string, run: JobResult): string {
  return (
    `${name}: accuracy ${(100 * run.accuracy).toFixed(2)} %, loss ${run.loss.toFixed(3)}, ` +
    `update ${Math.round(run.updateBytes)} B (most ${run.updateBytesMost}), ` +
    `${Math.round(run.macsPerExample)} MAC per example, ${run.seconds.toFixed(1)} s`
  );
}
