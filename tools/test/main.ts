/**
 * `npm test [part of a file name …] [-- --timeout seconds]`: runs the tests. The last line says how
 * many passed; the exit code is 1 when one failed.
 * @module
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatTotals, runTests } from './runner.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { timeout: { type: 'string', default: '300' } },
});
const seconds = Number(values.timeout);
if (!(seconds > 0)) throw new RangeError(`timeout ${values.timeout}, expected seconds above 0`);

// a plain `exit` lets the children be killed: each is a process group of its own, with a listener here
process.setMaxListeners(availableParallelism() + 10);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const totals = await runTests({
  root: join(import.meta.dirname, '../..'),
  patterns: positionals,
  timeoutMs: seconds * 1000,
  write: (line) => console.log(line),
});
console.log(formatTotals(totals));
process.exitCode = totals.failed > 0 ? 1 : 0;
