/**
 * `npm run firmware:check`: the script side of every ESP32 target, without ESP-IDF. A type error, a
 * missing module or a preload warning fails it. Where there is no SDK it says so and ends well.
 * @module
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkTarget, TARGETS } from './gate.js';
import { findSdk } from './sdk.js';

const ROOT = join(import.meta.dirname, '../..');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: '.cache/moddable' } },
});
const targets = positionals.length > 0 ? positionals : TARGETS;

const sdk = findSdk();
if (typeof sdk === 'string') {
  console.log(`skipped: ${sdk} (moddable)`);
} else {
  const gate = { sdk, root: ROOT, folder: join(process.cwd(), values.out) };
  for (const target of targets) {
    const startMs = performance.now();
    const problems = await checkTarget(gate, target).catch((error: Error) => [error.message]);
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    console.log(`esp32/${target}: ${problems.length === 0 ? 'passed' : 'FAILED'}, ${seconds} s`);
    for (const problem of problems) console.log(problem);
    if (problems.length > 0) process.exitCode = 1;
  }
}
