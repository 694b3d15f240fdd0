/**
 * `sparrow experiment`: a method on a data set over several seeds, without a network.
 * @module
 */
import { Command } from 'commander';
import { RATE_GRID, runExperiment } from '../experiment/experiment.js';
import { integer } from './option.js';
import { addRecipeOptions, type RecipeOptions, recipeFrom } from './recipe.js';

interface ExperimentOptions extends RecipeOptions {
  readonly data: string;
  readonly clientIds?: string;
  readonly describe?: string;
  readonly partition: string;
  readonly clients?: number;
  readonly cohort: number;
  readonly seeds: number;
  readonly tune: boolean;
}

export function experimentCommand(): Command {
  const command = new Command('experiment')
    .description('train a simulated federation in this process and print its accuracy over several seeds')
    .option('--data <name>', '`digits`, or a folder with train.fld and test.fld', 'digits')
    .option('--client-ids <file>', 'file in that folder with other client ids (.u16)')
    .option('--describe <file>', 'JSON description of the model; the data set decides when left out')
    .option('--partition <how>', 'natural, iid, dirichlet:<alpha> or shards:<per client>', 'natural')
    .option('--clients <n>', 'clients; the data set decides when left out', integer(1, 65535))
    .option('--cohort <n>', 'clients per round', integer(1, 65535), 10)
    .option('--seeds <n>', 'seeds 1 to n', integer(1, 1000), 3)
    .option('--tune', `first choose the rate of ${RATE_GRID.join(', ')} on held-back examples`, false);
  return addRecipeOptions(command, { rounds: 100, density: 0.1, epochs: 1 }).action(run);
}

async function run(options: ExperimentOptions): Promise<void> {
  const say = (line: string) => console.log(line);
  const { data, clientIds, describe, partition, clients, cohort, seeds, tune } = options;
  const files = { clientsFile: clientIds, modelFile: describe };
  const settings = { data, ...files, partition, clients, cohort, seeds, tune };
  const result = await runExperiment({ ...settings, recipe: recipeFrom(options) }, say);
  const { preset, density, rate, rateEnd, rounds } = result.recipe;
  say(
    `${preset} at density ${density}, rate ${rate} to ${rateEnd.toPrecision(2)}, ${rounds} rounds, ${data}`,
  );
  say(`mean ${result.accuracy.mean.toFixed(2)} sd ${result.accuracy.sd.toFixed(2)}`);
}
