/**
 * `npm run flash`: see `command.ts`. A mistake of its user is one line and exit code 1.
 * @module
 */
import { flashCommand } from './command.js';

// a plain `exit` lets files with passwords be removed
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

try {
  await flashCommand({ env: process.env, say: (line) => console.log(line) }).parseAsync();
} catch (error) {
  console.error(`flash: ${(error as Error).message}`);
  process.exitCode = 1;
}
