/**
 * `npm run bench`: see `bench.ts`.
 * @module
 */
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { runCommand } from '../cli/entry.js';
import { folder, integer } from '../cli/option.js';
import type { BenchOptions } from './bench.js';

const BASELINE = 'tools/bench/baseline.json';

await runCommand(
  new Command('bench')
    .description('count what a training step costs, on every engine that is installed')
    .option(
      '--check',
      'compare with the baseline, fail where a figure grew by more than 2 %, write nothing',
      false,
    )
    .addOption(
      new Option('--tables', 'only make the tables of docs/benchmarks.md anew')
        .default(false)
        .conflicts('check'),
    )
    .option('--only <part>', 'rows with this in their name, such as "kernels: 256-64-10"; all when left out')
    .addOption(
      new Option('--baseline <file>', 'figures to compare with and to write').default(
        join(import.meta.dirname, '../..', BASELINE),
        BASELINE,
      ),
    )
    .option(
      '--peers <folder>',
      'with other trainers to count, see docs/benchmarks.md; none when left out',
      folder,
    )
    .option('--jobs <n>', 'rows measured at once', integer(1, 64), 2)
    .action(async (options: BenchOptions) => (await import('./bench.js')).benchAll(options)),
);
