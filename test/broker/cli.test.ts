import { join } from 'node:path';
import type { Command } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { brokerCommand, type CommandParts } from '../../broker/cli.js';
import type { BrokerSettings } from '../../broker/main.js';
import type { FederationSummary } from '../../broker/rounds/event.js';
import { liveModel, MOTION } from '../../tools/cli/live.js';
import { Board } from './board.js';
import { Folders } from './folder.js';
import { description, devices, recipe } from './task.js';

const test = suite('broker cli');

const folders = new Folders();
test.after(() => folders.remove());

interface Told {
  readonly settings: BrokerSettings[];
  readonly summaries: FederationSummary[];
  readonly deals: string[];
  onListening: (port: number) => void;
}

function command(): { command: Command; told: Told } {
  const told: Told = { settings: [], summaries: [], deals: [], onListening: () => {} };
  const parts: CommandParts = {
    addRecipeOptions: (made) => made.option('--rounds <n>', 'rounds', Number, 2),
    recipeFrom: (options) => recipe({ rounds: (options as { rounds: number }).rounds }),
    loadTask: (data) => {
      if (data !== 'tiny') throw new RangeError(`data set ${data}, expected tiny`);
      return { task: data, description };
    },
    loadLive: (name) => ({ task: name, description: liveModel(name, MOTION), live: MOTION }),
    loadDeal: (data, { partition, clients, seed }) => {
      told.deals.push(`${data} ${partition} ${clients} ${seed}`);
      return { id: 1, parts: clients, longestBytes: 1, part: () => new Uint8Array(1) };
    },
    listeners: { onEvent: () => {}, log: () => {} },
    onListening: ({ port }, settings) => {
      told.settings.push(settings);
      told.onListening(port);
    },
    onFinished: (summary) => told.summaries.push(summary),
  };
  const made = brokerCommand(parts)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return { command: made, told };
}

const place = () => [
  '--data',
  'tiny',
  '--host',
  '127.0.0.1',
  '--port',
  '0',
  '--folder',
  join(folders.make(), 'new'),
];
const parse = (made: Command, ...flags: string[]) => made.parseAsync(flags, { from: 'user' });
const failure = (running: Promise<unknown>) =>
  running.then(
    () => 'ran',
    (error: Error) => error.message,
  );

test('flags become settings, the goal follows the cohort and the minimum the goal', async () => {
  const { command: made, told } = command();
  told.onListening = () => process.emit('SIGTERM');
  await parse(made, ...place(), '--cohort', '7', '--deadline', '60', '--seed', '3');
  const [{ cohort, goal, minimum, deadlineMs, gatherMs, taskSeed, task, recipe: used }] = told.settings;
  assert.equal([cohort, goal, minimum, deadlineMs, gatherMs, taskSeed], [7, 7, 4, 60_000, 20_000, 3]);
  assert.equal([task, used.rounds], ['tiny', 2]);
});

test('a room of boards finishes and the command ends by itself', async () => {
  const { command: made, told } = command();
  const boards: Board[] = [];
  told.onListening = (port) => boards.push(...devices(3).map((name) => new Board(port, 'room', name)));
  await parse(made, ...place(), '--task', 'room', '--cohort', '3');
  await Promise.all(boards.map((board) => board.close()));
  assert.is(told.summaries[0].rounds, 2);
});

test('examples are dealt of the task’s data set or another, in as many parts as boards of a cohort', async () => {
  const { command: made, told } = command();
  told.onListening = () => process.emit('SIGTERM');
  await parse(made, ...place(), '--deal', '--cohort', '4');
  await parse(made, ...place(), '--deal', 'other', '--partition', 'iid', '--clients', '9', '--seed', '2');
  assert.equal(told.deals, ['tiny undefined 4 1', 'other iid 9 2']);
  assert.equal(
    told.settings.map(({ deal }) => deal?.parts),
    [4, 9],
  );
  const reason = await failure(parse(command().command, ...place(), '--clients', '3'));
  assert.match(reason, /--partition and --clients, expected only with --deal/);
});

test('a live task has windows in place of a data set', async () => {
  const { command: made, told } = command();
  told.onListening = () => process.emit('SIGTERM');
  await parse(made, ...place(), '--live', 'motion');
  const [{ task, live, testSet }] = told.settings;
  assert.equal([task, live, testSet], ['motion', MOTION, undefined]);
  const both = await failure(parse(command().command, ...place(), '--live', 'motion', '--deal'));
  assert.match(both, /a deal and live windows, expected one of them/);
});

test('a stop by a signal is no error, and no listener stays', async () => {
  const { command: made, told } = command();
  const before = process.listenerCount('SIGINT');
  told.onListening = () => process.emit('SIGINT');
  await parse(made, ...place());
  assert.equal(told.summaries, []);
  assert.is(process.listenerCount('SIGINT'), before);
});

test('what a person typed wrong is one line', async () => {
  assert.match(await failure(parse(command().command, '--port', 'x')), /--port.*Expected an integer/);
  assert.match(await failure(parse(command().command, '--data', 'x')), 'data set x, expected tiny');
  assert.match(await failure(parse(command().command, ...place(), '--goal', '99')), /^goal 99, expected/);
});

test.run();
