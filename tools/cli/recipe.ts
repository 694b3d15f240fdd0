/**
 * The options that make a recipe, the same for every command that trains.
 * @module
 */
import { type Command, Option } from 'commander';
import { PRESETS, type PresetName, type Recipe, recipeOf } from '../../shared/model/recipe.js';
import { integer, number } from './option.js';

export interface RecipeOptions {
  readonly method: string;
  readonly density: number;
  readonly ramp?: number;
  readonly rampRounds?: number;
  readonly rate?: number;
  readonly rounds: number;
  readonly epochs: number;
  readonly batch?: number;
  readonly clip?: number;
  readonly power?: number;
  readonly growth?: number;
  readonly revise?: number;
  readonly prox?: number;
  readonly maskRatio?: number;
  readonly valueBits?: number;
  readonly positions?: string;
  readonly strategy?: string;
  readonly activationDensity?: number;
  readonly optimizer?: string;
  readonly serverRate?: number;
  readonly momentum?: number;
  readonly reselect?: number;
  readonly holdBack?: number;
}

/** @param defaults of this command */
export function addRecipeOptions(
  command: Command,
  defaults: { rounds: number; density: number; epochs: number },
): Command {
  return command
    .option('--method <name>', `training method: ${PRESETS.join(', ')}`, 'sparrow')
    .option(
      '--density <part>',
      'part of the weights in use, above 0, to 1 (not for dense)',
      number,
      defaults.density,
    )
    .option('--ramp <density>', 'density of the first round; it falls to --density', number)
    .option('--ramp-rounds <part>', 'part of the rounds that the ramp takes, 0.5 when left out', number)
    .option('--rounds <n>', 'rounds', integer(1, 1_000_000), defaults.rounds)
    .option('--rate <rate>', 'first learning rate; it falls to a tenth over the rounds', number)
    .option('--epochs <n>', 'local epochs per round', integer(1, 255), defaults.epochs)
    .option('--batch <n>', 'examples per step', integer(1, 16))
    .option('--clip <norm>', 'bound on the norm of a layer’s gradient, 0 = off', number)
    .option('--power <p>', 'weights are powers of what is trained: 1, 1.25 or 2', number)
    .option('--growth <part>', 'method mask: part of the mask that a revision grows anew', number)
    .option('--revise <rounds>', 'method mask: rounds between two revisions', integer(1, 1_000_000))
    .option('--prox <mu>', 'FedProx: how strongly a board is held near the model it began with', number)
    .addOption(
      new Option('--strategy <name>', 'what goes up').choices([
        'all',
        'top-k-weights',
        'global-top-k-weights',
        'diff-on-top-k-weights',
        'top-k-weights-diff',
      ]),
    )
    .option('--mask-ratio <part>', 'part of the weights sent on top of the density', number)
    .option('--value-bits <n>', 'bits of each value that goes up: 16, 8 or 4', integer(4, 16))
    .addOption(
      new Option('--positions <how>', 'codes for the places of what goes up').choices(['lists', 'grid']),
    )
    .option('--activation-density <part>', 'part of the inputs kept for the weight gradient', number)
    .addOption(
      new Option('--optimizer <name>', 'what the server makes of the merged change').choices([
        'none',
        'momentum',
        'adam',
      ]),
    )
    .option('--server-rate <rate>', 'rate of the server’s optimizer, above 0, to 16', number)
    .option('--momentum <part>', 'momentum of the server’s optimizer, 0 to below 1', number)
    .option('--reselect <n>', 'examples between two choices of the weights in use', integer(1, 65535))
    .option(
      '--hold-back <n>',
      'boards hold back one of every n examples for evaluation, 0 = none',
      integer(0, 65535),
    );
}

/** @throws RangeError naming the option's value and what was expected */
export function recipeFrom(options: RecipeOptions): Recipe {
  const changes: { -readonly [K in keyof Recipe]?: Recipe[K] } = {
    rounds: options.rounds,
    epochs: options.epochs,
  };
  if (options.ramp !== undefined) changes.rampFrom = options.ramp;
  if (options.rampRounds !== undefined) changes.rampRounds = options.rampRounds;
  if (options.rate !== undefined) changes.rate = options.rate;
  if (options.batch !== undefined) changes.batch = options.batch;
  if (options.clip !== undefined) changes.clip = options.clip;
  if (options.power !== undefined) changes.power = options.power;
  if (options.growth !== undefined) changes.growth = options.growth;
  if (options.revise !== undefined) changes.reviseEvery = options.revise;
  if (options.prox !== undefined) changes.prox = options.prox;
  if (options.maskRatio !== undefined) changes.maskRatio = options.maskRatio;
  if (options.valueBits !== undefined) changes.valueBits = options.valueBits as Recipe['valueBits'];
  if (options.positions !== undefined) changes.positions = options.positions as Recipe['positions'];
  if (options.strategy !== undefined) changes.uplink = options.strategy as Recipe['uplink'];
  if (options.activationDensity !== undefined) changes.activationDensity = options.activationDensity;
  if (options.optimizer !== undefined) changes.optimizer = options.optimizer as Recipe['optimizer'];
  if (options.serverRate !== undefined) changes.serverRate = options.serverRate;
  if (options.momentum !== undefined) changes.momentum = options.momentum;
  if (options.reselect !== undefined) changes.reselectEvery = options.reselect;
  if (options.holdBack !== undefined) changes.holdBackEvery = options.holdBack;
  return recipeOf(options.method as PresetName, options.density, changes);
}
