/**
 * `npm run bench:kernels`: see `counts.ts`.
 * @module
 */
import { Command, Option } from 'commander';
import { runCommand } from '../../cli/entry.js';
import type { CountOptions } from './counts.js';

await runCommand(
  new Command('bench:kernels')
    .description('count the instructions of the kernels in C per training step and example, on rv32imc')
    .addOption(
      new Option('--optimize <flag>', 'of the compiler')
        .choices(['-O0', '-O1', '-O2', '-O3', '-Os'])
        .default('-O2'),
    )
    .option('--only <part>', 'rows with this in their name, such as "swat 0.05"; all when left out')
    .action(async (options: CountOptions) => (await import('./counts.js')).printCounts(options)),
);
