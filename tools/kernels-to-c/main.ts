/**
 * `npm run kernels [folder]`: translates the kernels to C, by default into build/kernels.
 * @module
 */
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { runCommand } from '../cli/entry.js';
import { newFolder } from '../cli/option.js';
import { generateKernels } from './generate.js';
import { ROOT } from './modules.js';

await runCommand(
  new Command('kernels')
    .description('translate the kernels to C, for a board’s firmware and for the engines that run here')
    .addArgument(
      new Argument('[folder]', 'to write into')
        .argParser(newFolder)
        .default(join(ROOT, 'build/kernels'), 'build/kernels'),
    )
    .action((folder: string) => {
      console.log(`${generateKernels(folder).length} C files in ${folder}`);
    }),
);
