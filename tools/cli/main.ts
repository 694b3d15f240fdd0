/**
 * The `sparrow` command.
 * @module
 */
import { Command } from 'commander';
import { brokerCommand } from './broker.js';
import { certificateCommand } from './certificate.js';
import { costCommand } from './cost.js';
import { dataCommand } from './data.js';
import { demoCommand } from './demo.js';
import { devicesCommand } from './devices.js';
import { emulateCommand } from './emulate.js';
import { runCommand } from './entry.js';
import { experimentCommand } from './experiment.js';
import { firmwareCommand } from './firmware.js';
import { labelCommand } from './label.js';
import { modelsCommand } from './models.js';
import { replayCommand } from './replay.js';
import { resultsCommand } from './results.js';
import { selftestCommand } from './selftest.js';
import { shardCommand } from './shard.js';

const program = new Command('sparrow')
  .description('turns a room of ESP32 boards into a live federated-learning cluster')
  .addCommand(demoCommand())
  .addCommand(brokerCommand())
  .addCommand(certificateCommand())
  .addCommand(emulateCommand())
  .addCommand(devicesCommand())
  .addCommand(experimentCommand())
  .addCommand(resultsCommand())
  .addCommand(dataCommand())
  .addCommand(firmwareCommand())
  .addCommand(labelCommand())
  .addCommand(modelsCommand())
  .addCommand(costCommand())
  .addCommand(replayCommand())
  .addCommand(selftestCommand())
  .addCommand(shardCommand());

await runCommand(program);
