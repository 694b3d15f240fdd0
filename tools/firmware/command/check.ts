/**
 * `npm run firmware:check [target …]`: see `../check.ts`.
 * @module
 */
import { Argument, Command } from 'commander';
import { runCommand } from '../../cli/entry.js';
import { newFolder } from '../../cli/option.js';
import { TARGETS } from '../gate.js';

await runCommand(
  new Command('firmware:check')
    .description('check manifest, types, byte code and preloading of ESP32 targets, without ESP-IDF')
    .addArgument(new Argument('[target...]', 'every one when left out').choices(TARGETS))
    .option('--out <folder>', 'for what is built', newFolder, '.cache/moddable')
    .action(async (targets: readonly string[], { out }: { readonly out: string }) => {
      const { checkTargets } = await import('../check.js');
      await checkTargets(targets.length > 0 ? targets : TARGETS, out);
    }),
);
