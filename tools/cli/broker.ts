/**
 * `sparrow broker`: the broker's own command with what it is handed: data sets, recipes, a report.
 * @module
 */
import { parse } from 'node:path';
import type { Command } from 'commander';
import { brokerCommand as command } from '../../broker/cli.js';
import { loadDataset } from '../datasets/dataset.js';
import { modelFor, readDescription, taskName } from '../datasets/model.js';
import { wholeSet } from '../datasets/split.js';
import { dealSource } from './deal.js';
import { liveModel, windowFormat } from './live.js';
import { addRecipeOptions, type RecipeOptions, recipeFrom } from './recipe.js';
import { summaryLines, terminalReport } from './report.js';

export function brokerCommand(): Command {
  const report = terminalReport();
  return command({
    addRecipeOptions: (to) => addRecipeOptions(to, { rounds: 100, density: 0.1, epochs: 1 }),
    recipeFrom: (options) => recipeFrom(options as RecipeOptions),
    loadTask(data, describe) {
      const dataset = loadDataset(data);
      const testSet = wholeSet(dataset.test);
      return { task: taskName(dataset.name), description: modelFor(dataset, describe), testSet };
    },
    loadLive(name, describe) {
      const live = windowFormat(name);
      const task = taskName(parse(name).name);
      const description = describe === undefined ? liveModel(task, live) : readDescription(describe);
      return { task, description, live };
    },
    loadDeal: (data, options) => dealSource(loadDataset(data), options),
    listeners: {
      onEvent: (event) => report.onEvent(event),
      log: (text) => report.line(text),
    },
    onListening({ port, tlsPort }, { task, folder, host }) {
      const ports = [
        ...(port === tlsPort ? [] : [`port ${port}`]),
        ...(tlsPort === undefined ? [] : [`port ${tlsPort} with TLS`]),
      ];
      report.line(
        `broker of task ${task} on ${host ?? 'every address'}, ${ports.join(' and ')}; data in ${folder}`,
      );
    },
    onFinished(summary, last) {
      for (const line of summaryLines(summary, last)) report.line(line);
    },
  });
}
