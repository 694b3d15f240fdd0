/**
 * `npm test [part of a file name …] [-- --timeout seconds]`: runs the tests. The last line says how
 * many passed; the exit code is 1 when one failed.
 * @module
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { runCommand } from '../cli/entry.js';
import { above } from '../cli/option.js';
import { formatTotals, runTests } from './runner.js';

/** What a timer can wait for, 2^31 - 1 ms. */
const MOST_SECONDS = 2_147_483;

await runCommand(
  new Command('test')
    .description('run the tests; the last line says how many passed')
    .argument('[pattern...]', 'parts of file names, such as wire or tools/cli; every test when left out')
    .option('--timeout <seconds>', 'for one file', above(0, MOST_SECONDS), 300)
    .action(run),
);

async function run(patterns: readonly string[], { timeout }: { readonly timeout: number }): Promise<void> {
  // a plain `exit` lets the children be killed: each is a process group of its own, with a listener here
  process.setMaxListeners(availableParallelism() + 10);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const totals = await runTests({
    root: join(import.meta.dirname, '../..'),
    patterns,
    timeoutMs: timeout * 1000,
    write: (line) => console.log(line),
  });
  console.log(formatTotals(totals));
  process.exitCode = totals.failed > 0 ? 1 : 0;
}
