/**
 * `npm run flash`: see `command.ts`. A mistake of its user is one line and exit code 1.
 * @module
 */
import { flashCommand } from './command.js';

try {
  await flashCommand({ env: process.env, say: (line) => console.log(line) }).parseAsync();
} catch (error) {
  console.error(`flash: ${(error as Error).message}`);
  process.exitCode = 1;
}
