/**
 * `sparrow demo`, the main job: a broker and a room of emulated boards in one process, learning a
 * real data set over real MQTT.
 * @module
 */
import { existsSync, renameSync } from 'node:fs';
import { Command } from 'commander';
import { type BrokerSettings, startBroker } from '../../broker/main.js';
import type { FederationSummary } from '../../broker/rounds/event.js';
import { ForeignFolderError } from '../../broker/storage/fingerprint.js';
import type { Shard } from '../../shared/data/example-set.js';
import { BOARD_NAMES } from '../../shared/model/boards.js';
import type { Recipe } from '../../shared/model/recipe.js';
import { type Dataset, loadDataset } from '../datasets/dataset.js';
import { modelFor, taskName } from '../datasets/model.js';
import { wholeSet } from '../datasets/split.js';
import { Room } from '../emulator/room.js';
import { integer } from './option.js';
import { addRecipeOptions, type RecipeOptions, recipeFrom } from './recipe.js';
import { bytes, type Report, summaryLines, terminalReport } from './report.js';
import { addRoomOptions, checkRoom, faultsFrom, type RoomOptions, shardsFrom, xsFrom } from './room.js';
import { examplesByDevice, witness } from './witness.js';

/** The demo is for this machine alone; `sparrow broker` listens to a room. */
const HOST = '127.0.0.1';
/** Boards join one after the other, as they would in a room. */
const JOIN_MS_PER_BOARD = 10;
const JOIN_MS_MOST = 3000;
/** After this, half of the boards are enough to begin. */
const GATHER_MS = 20_000;
const SPARE_DEVICES = 1000;
/** Exit code of a program that Ctrl-C ended: 128 + SIGINT. */
const INTERRUPTED = 130;

interface DemoOptions extends RecipeOptions, RoomOptions {
  readonly cohort?: number;
  readonly deadline: number;
  readonly folder: string;
  readonly port: number;
  readonly model?: string;
  readonly describe?: string;
  readonly new: boolean;
  readonly verbose: boolean;
}

export function demoCommand(): Command {
  const command = new Command('demo')
    .description('start a broker and a room of emulated boards that learn together')
    .option('--cohort <n>', 'boards per round; all when left out', integer(1, 10_000))
    .option('--deadline <seconds>', 'longest round, 0 = no limit', integer(0, 86_400), 30)
    .option('--folder <path>', 'data folder: database and models', 'sparrow-data')
    .option('--port <n>', 'MQTT port, 0 = any free one', integer(0, 65535), 0)
    .option('--model <file>', 'checkpoint to start from')
    .option('--describe <file>', 'JSON description of the model; the data set decides when left out')
    .option('--new', 'start anew; an earlier data folder is kept under another name', false)
    .option('--verbose', 'print what every board says', false);
  addRoomOptions(command, BOARD_NAMES);
  return addRecipeOptions(command, { rounds: 60, density: 0.1, epochs: 2 }).action(run);
}

async function run(options: DemoOptions): Promise<void> {
  checkRoom(options);
  const report = terminalReport();
  const recipe = recipeFrom(options);
  const dataset = loadDataset(options.data);
  const shards = shardsFrom(options, dataset);
  const examples = examplesByDevice(options, shards);
  const xs = await xsFrom(options, (line) => report.line(line));
  if (options.new) keepOldFolder(options.folder, report);
  let isFinished = false;
  const broker = await startBroker(brokerSettings(options, recipe, dataset, shards), {
    onEvent: (event) => {
      if (event.kind === 'started') {
        isFinished = event.committed >= event.rounds;
        for (const line of openingLines(options, dataset, recipe, event)) report.line(line);
      }
      report.onEvent(event);
    },
    log: (text) => report.line(text),
  }).catch(hintAtNew);
  const address = { host: HOST, port: broker.port };
  const task = taskName(dataset.name);
  const seen = witness(options, { broker: address, task, examples, log: (line) => report.line(line) });
  const room = new Room({
    broker: address,
    task,
    board: options.board,
    shards,
    seed: options.seed,
    joinMs: Math.min(JOIN_MS_MOST, JOIN_MS_PER_BOARD * shards.length),
    faults: faultsFrom(options),
    xs,
    onPublish: seen.onPublish,
    log: (device, text) => {
      if (options.verbose) report.line(`${device}: ${text}`);
    },
  });
  let isStopped = false;
  const close = async () => {
    room.stop();
    seen.close();
    await broker.close();
  };
  process.once('SIGINT', () => {
    isStopped = true;
    void close();
  });
  let summary: FederationSummary;
  try {
    if (!isFinished) room.start();
    summary = await broker.finished;
  } catch (error) {
    if (!isStopped) throw error;
    report.line(`stopped; ${options.folder} holds what was done, the next start goes on from there`);
    process.exitCode = INTERRUPTED;
    return;
  } finally {
    await close(); // before the summary, so that nothing is told after it
  }
  if (!isFinished) report.line(costLine(room));
  report.line(`final model and database in ${options.folder}`);
  for (const line of summaryLines(summary, broker.coordinator.committed.at(-1))) report.line(line);
}

function brokerSettings(
  options: DemoOptions,
  recipe: Recipe,
  dataset: Dataset,
  shards: readonly Shard[],
): BrokerSettings {
  const cohort = options.cohort ?? options.boards;
  if (cohort > options.boards) {
    throw new RangeError(`cohort ${cohort}, expected at most ${options.boards}, the number of boards`);
  }
  return {
    task: taskName(dataset.name),
    taskSeed: options.seed,
    recipe,
    description: modelFor(dataset, options.describe),
    modelPath: options.model,
    folder: options.folder,
    host: HOST,
    port: options.port,
    testSet: wholeSet(dataset.test),
    board: { name: options.board, examples: Math.max(...shards.map((shard) => shard.count)) },
    cohort,
    goal: cohort,
    minimum: Math.ceil(cohort / 2),
    deadlineMs: options.deadline * 1000,
    gatherMs: GATHER_MS,
    maxDevices: 2 * options.boards + SPARE_DEVICES,
  };
}

/** How to begin anew is known to this command alone. */
function hintAtNew(error: unknown): never {
  throw error instanceof ForeignFolderError ? new Error(`${error.message}; --new starts anew`) : error;
}

/** Moves an earlier data folder aside: starting anew loses nothing. */
function keepOldFolder(folder: string, report: Report): void {
  if (!existsSync(folder)) return;
  let n = 1;
  while (existsSync(`${folder}-old-${n}`)) n++;
  renameSync(folder, `${folder}-old-${n}`);
  report.line(`the earlier ${folder} is now ${folder}-old-${n}`);
}

function openingLines(
  { folder, boards, board }: DemoOptions,
  { name, train, test }: Dataset,
  { preset, density, rounds }: Recipe,
  { committed }: { readonly committed: number },
): string[] {
  if (committed >= rounds) {
    return [
      `${folder} holds a finished federation of ${committed} rounds`,
      `go on with --rounds ${2 * committed}, or start anew with --new`,
    ];
  }
  const lines = [
    `${boards} emulated ${board} boards learn ${name}: ${train.count} examples, tested on ${test.count} others`,
    `${preset} at density ${density}, ${rounds} rounds`,
  ];
  if (committed > 0)
    lines.push(`${folder} holds ${committed} rounds: it goes on from there (--new starts anew)`);
  return lines;
}

function costLine(room: Room): string {
  const { boards, rssBytesPerBoard, cpuMsPerBoard } = room.cost();
  return (
    `${boards} boards in one process: ${bytes(rssBytesPerBoard)} of memory and ` +
    `${(cpuMsPerBoard / 1000).toFixed(2)} s of processor time per board, broker included`
  );
}
