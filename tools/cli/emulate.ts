/**
 * `sparrow emulate`: a room of emulated boards that joins a running broker.
 * @module
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Shard } from '../../shared/data/example-set.js';
import { BOARD_NAMES } from '../../shared/model/boards.js';
import { BROKER_NAME, parsePlace } from '../../shared/protocol/service.js';
import { loadDataset } from '../datasets/dataset.js';
import { taskName } from '../datasets/model.js';
import { Room, SENSORS, type SensorName } from '../emulator/room.js';
import { searchBroker } from '../emulator/search.js';
import type { BrokerAddress } from '../emulator/transport.js';
import { number } from './option.js';
import { addRoomOptions, checkRoom, faultsFrom, type RoomOptions, shardsFrom, xsFrom } from './room.js';
import { examplesByDevice, witness } from './witness.js';

interface EmulateOptions extends RoomOptions {
  readonly broker?: string;
  readonly ca?: string;
  readonly task?: string;
  readonly flash?: string;
  readonly shadow: boolean;
  readonly dealt: boolean;
  readonly sensor?: string;
  readonly sensorSpeed: number;
}

const JOIN_MS = 3000;

export function emulateCommand(): Command {
  const command = new Command('emulate')
    .description('emulate boards that join a running broker; stop them with Ctrl-C')
    .option('--broker <host:port>', 'where the broker listens, mqtts:// for TLS; searched for when left out')
    .option('--ca <file>', 'certificate of the broker’s authority in PEM: TLS, and nothing else')
    .option('--task <name>', 'name in the topics; that of the data set when left out')
    .option('--flash <folder>', 'keep the boards’ flash in files there; in memory when left out')
    .option('--dealt', 'boards begin without examples: a broker with --deal gives them some', false)
    .option(
      '--sensor <name>',
      '`motion` (an accelerometer) or `sound` (a microphone): for a broker of --live with the same name',
    )
    .option('--sensor-speed <n>', 'so many times as fast as a real one', number, 10)
    .option('--shadow', 'start no board: the one of --twin runs elsewhere, on the same examples', false);
  return addRoomOptions(command, BOARD_NAMES).action(run);
}

async function run(options: EmulateOptions): Promise<void> {
  checkRoom(options);
  const dataset = loadDataset(options.data);
  const name = sensorName(options.sensor);
  const task = options.task ?? options.sensor ?? taskName(dataset.name);
  const shards = hasOwn(options) ? [] : shardsFrom(options, dataset);
  const examples = examplesByDevice(options, shards, options.shadow);
  const broker = await brokerFrom(options, task); // last: it may have to be searched for
  const room = new Room({
    broker,
    task,
    board: options.board,
    shards: boardsOf(options, shards),
    sensor: name && { name, speed: options.sensorSpeed },
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

/** What each board has at first. */
function boardsOf(options: EmulateOptions, shards: readonly Shard[]): (Shard | undefined)[] {
  if (options.shadow) return [];
  return hasOwn(options) ? new Array(options.boards).fill(undefined) : [...shards];
}

/** Whether boards get or make their examples. */
function hasOwn({ dealt, sensor }: EmulateOptions): boolean {
  return dealt || sensor !== undefined;
}

function sensorName(given: string | undefined): SensorName | undefined {
  const name = SENSORS.find((each) => each === given);
  if (name !== given) throw new RangeError(`sensor ${given}, expected ${SENSORS.join(' or ')}`);
  return name;
}

/** @throws RangeError or Error in one line: what was typed is no address, no such file, nobody answers */
async function brokerFrom({ broker, ca }: EmulateOptions, task: string): Promise<BrokerAddress> {
  const trusted = ca === undefined ? undefined : readAuthority(ca);
  if (broker === undefined) {
    const { address, port } = await searchBroker({ task, isSecure: trusted !== undefined });
    console.log(`broker of task ${task} at ${address}:${port}`);
    return {
      host: address,
      port,
      tls: trusted === undefined ? undefined : { ca: trusted, name: BROKER_NAME },
    };
  }
  const { host, port, isSecure } = parsePlace(broker, trusted !== undefined);
  if (!isSecure && trusted !== undefined)
    throw new RangeError(`broker ${broker}, expected mqtts:// with --ca`);
  return { host, port, tls: isSecure ? { ca: trusted } : undefined };
}

function readAuthority(path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    new X509Certificate(text);
    return text;
  } catch (error) {
    throw new RangeError(`ca ${path}: ${(error as Error).message}, expected a certificate in PEM`);
  }
}
