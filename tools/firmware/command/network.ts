/**
 * `npm run firmware:network`: see `../network.ts`.
 * @module
 */
import { Command } from 'commander';
import { runCommand } from '../../cli/entry.js';
import { newFolder } from '../../cli/option.js';
import type { NetworkOptions } from '../network.js';

await runCommand(
  new Command('firmware:network')
    .description('try boards of the Moddable SDK’s Linux build on a network that fails')
    .option('--out <folder>', 'for what is built', newFolder, '.cache/moddable')
    .option('--verbose', 'print what the boards say', false)
    .action(async (options: NetworkOptions) => (await import('../network.js')).troubleNetwork(options)),
);
