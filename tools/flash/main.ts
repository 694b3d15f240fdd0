/**
 * `npm run flash`: see `command.ts`.
 * @module
 */
import { runCommand } from '../cli/entry.js';
import { flashCommand } from './command.js';

// a plain `exit` lets files with passwords be removed
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

await runCommand(flashCommand({ env: process.env, say: (line) => console.log(line) }));
