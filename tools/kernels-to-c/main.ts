/**
 * `npm run kernels [folder]`: translates the kernels to C, by default into build/kernels.
 * @module
 */
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { runCommand } from '../cli/entry.js';
import { newFolder } from '../cli/option.js';

const BUILD = 'build/kernels';

await runCommand(
  new Command('kernels')
    .description('translate the kernels to C, for a board’s firmware and for the engines that run here')
    .addArgument(
      new Argument('[folder]', 'to write into')
        .argParser(newFolder)
        .default(join(import.meta.dirname, '../..', BUILD), BUILD),
    )
    .action(async (folder: string) => {
      const { generateKernels } = await import('./generate.js'); // with the TypeScript compiler
      console.log(`${generateKernels(folder).length} C files in ${folder}`);
    }),
);
