/**
 * `sparrow results`: runs every experiment that the page of results shows, as far as its runs are not
 * kept, and writes their tables and plots into the page and beside it.
 * @module
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Command } from 'commander';
import { readExperiment } from '../experiment/experiment.js';
import { openJournal, writeResult } from '../experiment/folder.js';
import { experimentsOf, fillPage } from '../experiment/page.js';
import { plotsOf } from '../experiment/plot.js';
import { type ExperimentResult, runExperiment } from '../experiment/runner.js';
import { integer } from './option.js';
import { Progress } from './progress.js';

interface ResultsOptions {
  readonly page: string;
  readonly experiments: string;
  readonly kept: string;
  readonly workers: number;
  readonly anyCode: boolean;
}

export function resultsCommand(): Command {
  return new Command('results')
    .description('run the experiments of docs/results.md and write their tables and plots into it')
    .option('--page <file>', 'Markdown with marks where results go', 'docs/results.md')
    .option('--experiments <folder>', 'their files, <name>.json', 'experiments')
    .option('--kept <folder>', 'runs, kept as they end in <name>/runs.jsonl', 'sparrow-results')
    .option('--workers <n>', 'processes', integer(1, 1024), availableParallelism())
    .option('--any-code', 'go on with kept runs that other code made', false)
    .action(run);
}

async function run({ page, experiments, kept, workers, anyCode }: ResultsOptions): Promise<void> {
  const text = readFileSync(page, 'utf8');
  const names = experimentsOf(text);
  if (names.length === 0)
    throw new RangeError(`${page}, expected a mark <!-- experiment <name> --> to <!-- end -->`);
  const files = names.map((name) => readExperiment(join(experiments, `${name}.json`)));
  const isTerminal = process.stdout.isTTY === true;
  const progress = new Progress({ isTerminal, write: (line) => process.stdout.write(line) }, () =>
    performance.now(),
  );
  const results = new Map<string, ExperimentResult>();
  try {
    for (const experiment of files) {
      const folder = join(kept, experiment.name);
      const journal = openJournal(folder);
      try {
        const result = await runExperiment(experiment, { workers, anyCode, journal }, progress);
        writeResult(folder, result);
        results.set(experiment.name, result);
      } finally {
        journal.close();
      }
    }
  } finally {
    progress.clear();
  }
  const plotFolder = join(dirname(page), basename(page, '.md'));
  const filled = fillPage(text, results, (name) => writePlots(plotFolder, results.get(name)));
  writeFileSync(page, filled);
  progress.line(`${page}: ${names.join(', ')}`);
}

/** @returns links to the plots from the page */
function writePlots(folder: string, result: ExperimentResult | undefined): string[] {
  if (result === undefined) return [];
  const { name } = result.experiment;
  mkdirSync(join(folder, name), { recursive: true });
  return plotsOf(result).map(({ file, svg }) => {
    writeFileSync(join(folder, name, file), svg);
    return `${basename(folder)}/${name}/${file}`;
  });
}
