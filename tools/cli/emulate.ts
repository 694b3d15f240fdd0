/**
 * `sparrow emulate`: a room of emulated boards that joins a running broker.
 * @module
 */
import { Command } from 'commander';
import { BOARD_NAMES } from '../../shared/model/boards.js';
import { loadDataset } from '../datasets/dataset.js';
import { taskName } from '../datasets/model.js';
import { Room } from '../emulator/room.js';
import { addRoomOptions, faultsFrom, type RoomOptions, shardsFrom, xsFrom } from './room.js';
import { examplesByDevice, witness } from './witness.js';

interface EmulateOptions extends RoomOptions {
  readonly broker: string;
  readonly task?: string;
  readonly flash?: string;
  readonly shadow: boolean;
}

const MQTT_PORT = 1883;
const JOIN_MS = 3000;

export function emulateCommand(): Command {
  const command = new Command('emulate')
    .description('emulate boards that join a running broker; stop them with Ctrl-C')
    .option('--broker <host:port>', 'where the broker listens', `127.0.0.1:${MQTT_PORT}`)
    .option('--task <name>', 'name in the topics; that of the data set when left out')
    .option('--flash <folder>', 'keep the boards’ flash in files there; in memory when left out')
    .option('--shadow', 'start no board: the one of --twin runs elsewhere, on the same examples', false);
  return addRoomOptions(command, BOARD_NAMES).action(run);
}

async function run(options: EmulateOptions): Promise<void> {
  const dataset = loadDataset(options.data);
  const broker = addressOf(options.broker);
  const task = options.task ?? taskName(dataset.name);
  const shards = shardsFrom(options, dataset);
  const examples = examplesByDevice(options, shards, options.shadow);
  const room = new Room({
    broker,
    task,
    board: options.board,
    shards: options.shadow ? [] : shards,
    seed: options.seed,
    joinMs: JOIN_MS,
    flashFolder: options.flash,
    faults: faultsFrom(options),
    xs: await xsFrom(options, (line) => console.log(line)),
    onPublish: (...heard) => seen.onPublish?.(...heard),
    log: (device, text) => console.log(`${device}: ${text}`),
  });
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const seen = witness(options, {
    ...{ broker, task, examples, log: console.log, isElsewhere: options.shadow },
    onFailed: () => options.shadow && end(), // a room goes on, and tells by its exit code
  });
  room.start();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  await ended;
  room.stop();
  seen.close();
}

/** @throws RangeError unless the text is host:port */
function addressOf(text: string): { host: string; port: number } {
  const match = /^(.+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port < 1 || port > 65535) {
    throw new RangeError(`broker ${text}, expected host:port, such as 192.168.1.10:${MQTT_PORT}`);
  }
  return { host: match[1], port };
}
