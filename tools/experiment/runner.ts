/**
 * Runs an experiment: first the choice of rates, then every row at every seed. The result does not
 * depend on how many processes share the work, nor on how often it was interrupted.
 * @module
 */
import type { Recipe } from '../../shared/model/recipe.js';
import { Bench, type BenchEvents, type BenchOptions, type Order } from './bench.js';
import type { Experiment } from './experiment.js';
import type { Run } from './journal.js';
import {
  bestTrial,
  isAtEdge,
  RATE_GRID,
  type RateTrial,
  rateBeyond,
  VALIDATION_EVERY,
  withRate,
} from './rate.js';
import { type Partition, type Row, rowLabel } from './row.js';
import { layerNames, type Source, sourceOf } from './source.js';
import { type PairedDifference, pairedDifference, type Statistics, statistics } from './statistics.js';

export interface RowResult {
  readonly row: Row;
  readonly recipe: Recipe; // with the rate that was used
  readonly trials: readonly RateTrial[]; // ascending; empty where the rate was given
  readonly runs: readonly Run[]; // one per seed, in the order of the seeds
  readonly accuracy: Statistics; // percent
  readonly difference: PairedDifference | undefined; // to the base row, in points
  readonly toFloat64: PairedDifference | undefined; // of an integer row to its float64 twin, in points
}

export interface ExperimentResult {
  readonly experiment: Experiment;
  readonly layers: readonly string[]; // names of those with weights
  readonly rows: readonly RowResult[];
}

/** @throws RangeError in one line; before anything runs for settings that do not fit the data */
export async function runExperiment(
  experiment: Experiment,
  options: BenchOptions,
  events: BenchEvents,
): Promise<ExperimentResult> {
  const partitions = new Set(experiment.rows.map((row) => row.partition));
  const sources = new Map([...partitions].map((each) => [each, sourceOf(experiment, each)]));
  const bench = await Bench.open(options, events);
  try {
    const trials = await chooseRates(experiment, sources, bench, events);
    const recipes = experiment.rows.map((row, i) => {
      const own = trials[row.twinOf ?? i];
      return own.length > 0 ? withRate(row.recipe, bestTrial(own).rate) : row.recipe;
    });
    const runs = await bench.make(
      experiment.rows.flatMap((row, i) =>
        experiment.seeds.map((seed) => orderOf(experiment, sources, row, recipes[i], seed)),
      ),
    );
    const rows = rowResults(experiment, recipes, trials, runs);
    return { experiment, layers: layerNames(sources.values().next().value as Source), rows };
  } finally {
    bench.close();
  }
}

/** The trials of each row: the whole grid, and beyond it until the best rate lies inside. */
async function chooseRates(
  experiment: Experiment,
  sources: ReadonlyMap<Partition, Source>,
  bench: Bench,
  { onNote }: BenchEvents,
): Promise<RateTrial[][]> {
  const { rows, tuneSeeds } = experiment;
  const trials: RateTrial[][] = rows.map(() => []);
  let wanted = rows.flatMap((row, i) => (row.isTuned ? RATE_GRID.map((rate) => ({ row: i, rate })) : []));
  while (wanted.length > 0) {
    const runs = await bench.make(
      wanted.flatMap(({ row, rate }) =>
        tuneSeeds.map((seed) => trialOf(experiment, sources, rows[row], rate, seed)),
      ),
    );
    for (const [i, { row, rate }] of wanted.entries()) {
      const own = runs.slice(i * tuneSeeds.length, (i + 1) * tuneSeeds.length);
      trials[row].push({ rate, accuracy: statistics(own.map((run) => 100 * run.result.accuracy)) });
    }
    wanted = trials.flatMap((own, row) => {
      const rate = own.length > 0 ? rateBeyond(own) : undefined;
      return rate === undefined ? [] : [{ row, rate }];
    });
  }
  for (const [i, own] of trials.entries()) {
    own.sort((a, b) => a.rate - b.rate);
    if (own.length > 0) onNote(choiceLine(rows[i], own));
  }
  return trials;
}

function choiceLine(row: Row, trials: readonly RateTrial[]): string {
  const { rate, accuracy } = bestTrial(trials);
  const tried = trials.map((trial) => `${trial.rate}: ${trial.accuracy.mean.toFixed(2)}`).join(', ');
  const warning = isAtEdge(trials) ? ', at the edge of the rates tried: a better one may lie outside' : '';
  return `${rowLabel(row)}: rate ${rate}, held-back accuracy ${accuracy.mean.toFixed(2)} % (${tried})${warning}`;
}

function trialOf(
  experiment: Experiment,
  sources: ReadonlyMap<Partition, Source>,
  row: Row,
  rate: number,
  seed: number,
): Order {
  const judged = { ...experiment, validate: true, evaluateEvery: 0 };
  const { name, job, source } = orderOf(judged, sources, row, withRate(row.recipe, rate), seed);
  return { name: `${name}, rate ${rate}`, source, job };
}

function orderOf(
  { data, modelFile, clients, cohort, rows, validate, evaluateEvery }: Experiment,
  sources: ReadonlyMap<Partition, Source>,
  row: Row,
  recipe: Recipe,
  seed: number,
): Order {
  const { arithmetic } = row;
  const { partition, clientsFile } = row.partition;
  return {
    name: rows.length > 1 ? `${rowLabel(row)}, seed ${seed}` : `seed ${seed}`,
    source: sources.get(row.partition) as Source,
    job: {
      ...{ data, clientsFile, modelFile, partition, clients, cohort, seed, validate, evaluateEvery },
      ...{ recipe: validate ? { ...recipe, holdBackEvery: VALIDATION_EVERY } : recipe, arithmetic },
    },
  };
}

function rowResults(
  { rows, seeds }: Experiment,
  recipes: readonly Recipe[],
  trials: readonly (readonly RateTrial[])[],
  runs: readonly Run[],
): RowResult[] {
  const runsOf = (row: number) => runs.slice(row * seeds.length, (row + 1) * seeds.length);
  const accuracies = rows.map((_, i) => runsOf(i).map((run) => 100 * run.result.accuracy));
  const difference = (i: number, to: number | undefined) =>
    to === undefined ? undefined : pairedDifference(accuracies[i], accuracies[to]);
  const twins = new Map(rows.map((row, i) => [row.twinOf, i]));
  return rows.map((row, i) => ({
    row,
    recipe: recipes[i],
    trials: trials[i],
    runs: runsOf(i),
    accuracy: statistics(accuracies[i]),
    difference: difference(i, row.base),
    toFloat64: difference(i, twins.get(i)),
  }));
}
