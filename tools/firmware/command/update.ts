/**
 * `npm run firmware:update`: see `../update.ts`.
 * @module
 */
import { Command } from 'commander';
import { runCommand } from '../../cli/entry.js';
import { newFolder } from '../../cli/option.js';
import type { UpdateOptions } from '../update.js';

await runCommand(
  new Command('firmware:update')
    .description('give a board of the Moddable SDK’s Linux build new firmware, forged and true')
    .option('--out <folder>', 'for what is built', newFolder, '.cache/moddable')
    .option('--verbose', 'print all that broker and board say', false)
    .action(async (options: UpdateOptions) => (await import('../update.js')).updateBoard(options)),
);
