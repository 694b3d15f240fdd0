/**
 * The `sparrow` command. A mistake of its user is one line and exit code 1.
 * @module
 */
import { Command } from 'commander';
import { demoCommand } from './demo.js';
import { experimentCommand } from './experiment.js';

const program = new Command('sparrow')
  .description('turns a room of ESP32 boards into a live federated-learning cluster')
  .addCommand(demoCommand())
  .addCommand(experimentCommand());

try {
  await program.parseAsync();
} catch (error) {
  // a RangeError is ours, written for the user; anything else is a defect and keeps its stack
  console.error(error instanceof RangeError ? `sparrow: ${error.message}` : error);
  process.exitCode = 1;
}
