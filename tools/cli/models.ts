/**
 * `sparrow models`: what each model of the zoo costs a board, by method: parameters,
 * multiply-accumulates, RAM.
 * @module
 */
import { Command } from 'commander';
import { BOARD_NAMES, boardProfile } from '../../shared/model/boards.js';
import type { ModelDescription } from '../../shared/model/description.js';
import { layoutOf } from '../../shared/model/layout.js';
import { PRESETS, type PresetName } from '../../shared/model/recipe.js';
import { denseMacsPerExample } from '../../shared/model/training.js';
import { ZOO } from '../datasets/zoo.js';
import { type FitOptions, fitTable, needOf } from './fit.js';
import { integer, number } from './option.js';

interface ModelsOptions extends FitOptions {
  readonly boards: boolean;
}

export function modelsCommand(): Command {
  return new Command('models')
    .description('print what each model costs a board: parameters, multiply-accumulates, RAM by method')
    .option('--density <part>', 'part of the weights in use, above 0, to 1', number, 0.05)
    .option('--batch <n>', 'examples per step', integer(1, 16), 8)
    .option('--examples <n>', 'examples on the board', integer(1, 65535), 200)
    .option(
      '--boards',
      'a table in place of it: the largest model that fits each board, and the others',
      false,
    )
    .action(run);
}

function run(options: ModelsOptions): void {
  if (options.boards) {
    for (const line of fitTable(options)) console.log(line);
    return;
  }
  for (const description of ZOO) {
    const layout = layoutOf(description);
    const parameters = layout.weightCount + layout.biasCount;
    const forward = layout.layers.reduce(
      (sum, { weights, positions }) => sum + weights.length * positions,
      0,
    );
    console.log(
      `${description.name}: ${count(parameters)} parameters, ${count(forward)} multiply-accumulates forward, ` +
        `${count(denseMacsPerExample(layout))} in a dense training step`,
    );
    for (const preset of PRESETS) console.log(`  ${ramLine(preset, description, options)}`);
  }
}

function ramLine(preset: PresetName, description: ModelDescription, options: ModelsOptions): string {
  const { bytes } = needOf(description, preset, options);
  const fits = BOARD_NAMES.filter((name) => bytes <= boardProfile(name).ramBytes);
  return `${preset.padEnd(9)} ${count(bytes).padStart(8)} B of RAM, fits ${fits.join(', ') || 'no board'}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
