/**
 * `npm run firmware:tls`: see `../secure.ts`.
 * @module
 */
import { Command } from 'commander';
import { runCommand } from '../../cli/entry.js';
import { newFolder } from '../../cli/option.js';
import type { SecureOptions } from '../secure.js';

await runCommand(
  new Command('firmware:tls')
    .description('try boards of the Moddable SDK’s Linux build with TLS, and brokers that they must refuse')
    .option('--out <folder>', 'for what is built', newFolder, '.cache/moddable-tls')
    .option('--verbose', 'print what the boards say', false)
    .action(async (options: SecureOptions) => (await import('../secure.js')).compareWithTls(options)),
);
