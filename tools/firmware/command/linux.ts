/**
 * `npm run firmware:linux`: see `../linux.ts`.
 * @module
 */
import { Command } from 'commander';
import { runCommand } from '../../cli/entry.js';
import { folder, newFolder } from '../../cli/option.js';
import type { LinuxOptions } from '../linux.js';

await runCommand(
  new Command('firmware:linux')
    .description('compare boards of the Moddable SDK’s Linux build with Node, byte for byte')
    .option('--out <folder>', 'for what is built', newFolder, '.cache/moddable')
    .option('--native', 'kernels in C in place of byte code', false)
    .option(
      '--fashion <folder>',
      'data to learn after the digits; fashion14 beside the repository when left out',
      folder,
    )
    .option('--verbose', 'print what the boards say', false)
    .action(async (options: LinuxOptions) => (await import('../linux.js')).compareWithLinux(options)),
);
