/**
 * `sparrow experiment`: methods compared over seeds without a network, as a file describes it, or
 * one method from the command line.
 * @module
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { ARITHMETICS, type Arithmetic } from '../experiment/arithmetic.js';
import { type Experiment, readExperiment } from '../experiment/experiment.js';
import { openJournal, writeResult } from '../experiment/folder.js';
import { RATE_GRID } from '../experiment/rate.js';
import { type RowResult, runExperiment } from '../experiment/runner.js';
import { differenceText, markdownTable } from '../experiment/table.js';
import { integer } from './option.js';
import { Progress } from './progress.js';
import { addRecipeOptions, type RecipeOptions, recipeFrom } from './recipe.js';

interface ExperimentOptions extends RecipeOptions {
  readonly data: string;
  readonly clientIds?: string;
  readonly describe?: string;
  readonly partition: string;
  readonly clients?: number;
  readonly cohort: number;
  readonly seeds: number;
  readonly tune: boolean;
  readonly arithmetic: Arithmetic | 'both';
  readonly validate: boolean;
  readonly out?: string;
  readonly workers: number;
  readonly anyCode: boolean;
}

/** Options that an experiment file leaves open; it decides everything else. */
const BESIDE_FILE = ['out', 'workers', 'anyCode'];
const OUT = 'sparrow-results';

export function experimentCommand(): Command {
  const command = new Command('experiment')
    .description('train simulated federations on this machine and compare their accuracy over several seeds')
    .argument('[file]', 'JSON file with methods, densities, partitions and seeds (experiments/README.md)')
    .option('--out <folder>', `results, kept run by run; ${OUT}/<name> for a file, none without`)
    .option('--workers <n>', 'processes', integer(1, 1024), availableParallelism())
    .option('--any-code', 'go on with runs of the folder that other code made', false)
    .option('--data <name>', '`digits`, or a folder with train.fld and test.fld', 'digits')
    .option('--client-ids <file>', 'file in that folder with other client ids (.u16)')
    .option('--describe <file>', 'JSON description of the model; the data set decides when left out')
    .option('--partition <how>', 'natural, iid, dirichlet:<alpha> or shards:<per client>', 'natural')
    .option('--clients <n>', 'clients; the data set decides when left out', integer(1, 65535))
    .option('--cohort <n>', 'clients per round', integer(1, 65535), 10)
    .option('--seeds <n>', 'seeds 1 to n', integer(1, 1000), 3)
    .option('--tune', `first choose the rate of ${RATE_GRID.join(', ')} on held-back examples`, false)
    .option('--validate', 'judge on held-back training examples, and leave the test set alone', false)
    .addOption(
      new Option('--arithmetic <name>', 'integer as on boards, float64 without any rounding, or both, paired')
        .choices([...ARITHMETICS, 'both'])
        .default('integer'),
    );
  return addRecipeOptions(command, { rounds: 100, density: 0.1, epochs: 1 }).action(run);
}

async function run(file: string | undefined, options: ExperimentOptions, command: Command): Promise<void> {
  if (file !== undefined) checkAlone(command);
  const experiment = file === undefined ? experimentFrom(options) : readExperiment(file);
  const folder = options.out ?? (file === undefined ? undefined : join(OUT, experiment.name));
  const isTerminal = process.stdout.isTTY === true;
  const progress = new Progress({ isTerminal, write: (text) => process.stdout.write(text) }, () =>
    performance.now(),
  );
  const journal = folder === undefined ? undefined : openJournal(folder);
  try {
    if (journal !== undefined && journal.torn > 0) {
      progress.line(`${folder}: ${journal.torn} lines of runs.jsonl are no runs and are passed over`);
    }
    const { workers, anyCode } = options;
    const result = await runExperiment(experiment, { workers, anyCode, journal }, progress);
    if (folder !== undefined) {
      const files = writeResult(folder, result);
      progress.line(`${folder}: ${files.join(', ')}`);
    }
    if (file !== undefined) {
      progress.line(markdownTable(result));
      return;
    }
    const [{ recipe }] = result.rows;
    const { preset, density, rate, rateEnd, rounds } = recipe;
    progress.line(
      `${preset} at density ${density}, rate ${rate} to ${rateEnd.toPrecision(2)}, ${rounds} rounds, ${options.data}`,
    );
    for (const line of lastLines(result.rows)) progress.line(line);
  } finally {
    progress.clear();
    journal?.close();
  }
}

/** @throws RangeError for an option that the file decides */
function checkAlone(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (BESIDE_FILE.includes(name) || command.getOptionValueSource(name) !== 'cli') continue;
    throw new RangeError(`${option.long} beside an experiment file, expected it in the file`);
  }
}

/** The mean of each arithmetic; of two also how they differ. */
function lastLines(rows: readonly RowResult[]): string[] {
  const [first] = rows;
  return [
    ...rows.map(({ row, accuracy }) => {
      const name = row.arithmetic === 'integer' ? '' : `${row.arithmetic} `;
      return `${name}mean ${accuracy.mean.toFixed(2)} sd ${accuracy.sd.toFixed(2)}`;
    }),
    ...(first.toFloat64 ? [`integer less float64 ${differenceText(first.toFloat64)}`] : []),
  ];
}

/** One row for each arithmetic: the method that the options describe. */
function experimentFrom(options: ExperimentOptions): Experiment {
  const { data, describe, partition, clientIds, clients, cohort, tune, arithmetic } = options;
  const recipe = recipeFrom(options);
  const seeds = Array.from({ length: options.seeds }, (_, i) => i + 1);
  const place = { name: partition, partition, clientsFile: clientIds };
  const arithmetics = arithmetic === 'both' ? ARITHMETICS : [arithmetic];
  const rows = arithmetics.map((each, i) => ({
    ...{ name: recipe.preset, variation: '', partition: place, recipe, arithmetic: each, base: undefined },
    isTuned: tune && i === 0,
    twinOf: i === 0 ? undefined : 0,
  }));
  return {
    ...{ name: recipe.preset, about: '', data, modelFile: describe, clients, cohort },
    ...{ rows, seeds, tuneSeeds: seeds, validate: options.validate, evaluateEvery: 0 },
  };
}
