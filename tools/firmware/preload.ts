/**
 * `npm run firmware:preload`: lists every module of ours for preloading, in a manifest of its own. The
 * SDK takes no pattern here for TypeScript, and a module that is not preloaded lies in RAM.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { runCommand } from '../cli/entry.js';

const ROOT = join(import.meta.dirname, '../..');

await runCommand(
  new Command('firmware:preload')
    .description('list every module of the firmware for preloading, in a manifest of its own')
    .action(async () => {
      const { PRELOAD, preloadOrder } = await import('./modules.js'); // with the TypeScript compiler
      const preload = preloadOrder(ROOT);
      writeFileSync(join(ROOT, PRELOAD), `${JSON.stringify({ preload }, undefined, 2)}\n`);
      console.log(`${PRELOAD}: ${preload.length} modules`);
    }),
);
