/**
 * Runs and results of experiments for tests: small, made up, the same each time.
 * @module
 */
import { recipeOf } from '../../../shared/model/recipe.js';
import type { JobResult } from '../../../tools/experiment/job.js';
import type { Run } from '../../../tools/experiment/journal.js';
import type { ExperimentResult, RowResult } from '../../../tools/experiment/runner.js';
import { pairedDifference, statistics } from '../../../tools/experiment/statistics.js';

const PARTITION = { name: 'natural', partition: 'natural' };

export function runOf(changes: Partial<Run> = {}, accuracy = 0.9): Run {
  return {
    ...{ key: 'key', code: 'code', commit: 'commit', dataHash: 'data', numerics: 1 },
    job: {
      ...{ data: 'digits', partition: 'natural', cohort: 10, seed: 1, validate: false, evaluateEvery: 5 },
      recipe: recipeOf('sparrow', 0.1, { rounds: 10 }),
    },
    result: resultOf(accuracy),
    ...changes,
  };
}

function resultOf(accuracy: number): JobResult {
  return {
    ...{ accuracy, loss: 0.25, updateBytes: 777.4 },
    ...{ updateBytesLast: 774.6, updateBytesMost: 780, downBytes: 5224 },
    ...{ macsPerExample: 1264, denseMacsPerExample: 5056, density: 0.1, layerDensities: [0.08, 0.25] },
    curve: [
      { round: 5, accuracy: accuracy - 0.1, loss: 0.5, bytesUp: 4000, bytesDown: 26_000, macs: 5e5 },
      { round: 10, accuracy, loss: 0.25, bytesUp: 8000, bytesDown: 52_000, macs: 1e6 },
    ],
    seconds: 1.5,
  };
}

/** The same with `sparrow` in float64 beside it, at [91, 95] %. */
export function twinResult(): ExperimentResult {
  const { rows, ...result } = smallResult();
  const [zerofl, sparrow] = rows;
  const percents = [91, 95];
  const real: RowResult = {
    ...sparrow,
    row: { ...sparrow.row, arithmetic: 'float64', isTuned: false, twinOf: 1, base: undefined },
    trials: [],
    runs: percents.map((percent) => runOf({}, percent / 100)),
    accuracy: statistics(percents),
    difference: undefined,
  };
  const toFloat64 = pairedDifference([92, 93], percents);
  return { ...result, rows: [zerofl, { ...sparrow, toFloat64 }, real] };
}

/** Two methods at two seeds: `zerofl` at a given rate, and a `sparrow` whose rate was chosen. */
export function smallResult(): ExperimentResult {
  const accuracies = { zerofl: [0.88, 0.9], sparrow: [0.92, 0.93] };
  const rows = (['zerofl', 'sparrow'] as const).map((name, i): RowResult => {
    const percents = accuracies[name].map((accuracy) => 100 * accuracy);
    const recipe = recipeOf(name, 0.1, { rounds: 10, rate: 0.4 });
    return {
      row: {
        ...{ name, variation: '', partition: PARTITION, recipe, arithmetic: 'integer', isTuned: i > 0 },
        ...{ base: i > 0 ? 0 : undefined, twinOf: undefined },
      },
      recipe,
      trials:
        i === 0 ? [] : [0.2, 0.4, 0.8].map((rate, k) => ({ rate, accuracy: statistics([70 + (k % 2)]) })),
      runs: accuracies[name].map((accuracy, k) => runOf({ key: `${name}-${k + 1}` }, accuracy)),
      accuracy: statistics(percents),
      difference: i === 0 ? undefined : pairedDifference(percents, [88, 90]),
      toFloat64: undefined,
    };
  });
  return {
    experiment: {
      ...{ name: 'small', about: 'Two methods, "paired" & <small>.', data: 'digits', cohort: 10 },
      ...{ rows: rows.map(({ row }) => row), seeds: [1, 2], tuneSeeds: [1] },
      ...{ validate: false, evaluateEvery: 5 },
    },
    layers: ['1: 64 × 32', '2: 32 × 10'],
    rows,
  };
}
