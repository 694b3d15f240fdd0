/**
 * The options that make a room of emulated boards, the same for every command that has one.
 * @module
 */
import { type Command, Option } from 'commander';
import type { Shard } from '../../shared/data/example-set.js';
import { boardProfile } from '../../shared/model/boards.js';
import type { Dataset } from '../datasets/dataset.js';
import { split } from '../datasets/split.js';
import { moddableFiles } from '../emulator/moddablefiles.js';
import type { RoomOptions as EmulatorRoom } from '../emulator/room.js';
import { xsFiles } from '../emulator/xsfiles.js';
import { missingForHost } from '../xs/build.js';
import { integer } from './option.js';
import type { WitnessOptions } from './witness.js';

export interface RoomOptions extends WitnessOptions {
  readonly data: string;
  readonly boards: number;
  readonly board: string;
  readonly partition?: string;
  readonly seed: number;
  readonly breakBytes?: number;
  readonly delay?: number;
  readonly engine: EngineName;
  readonly xs?: number;
  readonly native: boolean;
}

const ENGINES = ['node', 'xs', 'moddable'] as const;
type EngineName = (typeof ENGINES)[number];

export function addRoomOptions(command: Command, boardNames: readonly string[]): Command {
  return command
    .option('--data <name>', '`digits`, or a folder with train.fld and test.fld', 'digits')
    .option('--devices, --boards <n>', 'emulated boards', integer(1, 10_000), 20)
    .option('--board <name>', `board profile: ${boardNames.join(', ')}`, 'esp32')
    .option('--partition <how>', 'natural, iid, dirichlet:<alpha> or shards:<per client>')
    .option('--seed <n>', 'seed of the federation', integer(0, 0xffffffff), 1)
    .option(
      '--break-bytes <n>',
      'break each connection after about so many bytes',
      integer(100, 1_000_000_000),
    )
    .option('--delay <ms>', 'delay every message by up to this', integer(1, 10_000))
    .addOption(
      new Option(
        '--engine <name>',
        'what boards run on: Node, XS within their memory, or that with the firmware of a chip',
      )
        .choices(ENGINES)
        .default('node'),
    )
    .option('--xs <n>', 'so many of the boards, the first ones, run on XS', integer(0, 10_000))
    .option('--native', 'boards on XS run their kernels in C', false)
    .option('--trace <folder>', 'write what each board sent up, a file for each')
    .option('--capsules <folder>', 'write a capsule for each update, for `sparrow replay`')
    .option('--twin <device>', 'make each update of this board again and raise an alarm if it differs')
    .option(
      '--shard <n>',
      'the part of the data that the board of --twin has; by its name when left out',
      integer(1, 10_000),
    );
}

/**
 * What can be said of the options before anything is looked for or built.
 * @throws RangeError when they make no room
 */
export function checkRoom({ engine, xs, boards, board, native }: RoomOptions): void {
  boardProfile(board);
  if (xs !== undefined && xs > boards) {
    throw new RangeError(`xs ${xs}, expected at most ${boards}, the number of boards`);
  }
  if (native && engine === 'moddable') {
    throw new RangeError('native with --engine moddable, expected kernels in byte code');
  }
  if (native && (xs ?? (engine === 'node' ? 0 : boards)) === 0) {
    throw new RangeError('native without boards on XS, expected --engine xs or --xs <n>');
  }
}

/** The part of the room that runs on XS, built where it was not yet. @throws Error where it cannot be */
export async function xsFrom(
  { engine, xs, boards, board, native }: RoomOptions,
  onWord: (line: string) => void,
): Promise<EmulatorRoom['xs']> {
  const count = xs ?? (engine === 'node' ? 0 : boards);
  if (count === 0) return undefined;
  if (engine !== 'moddable') return { boards: count, files: await xsFiles(onWord, native) };
  const missing = missingForHost();
  if (missing !== undefined) throw new Error(`engine moddable cannot be built: ${missing}`);
  return { boards: count, isChip: true, files: await moddableFiles({ board }) };
}

/** The set's own clients where there are enough of them, else a like mix of classes for each board. */
export function shardsFrom(options: RoomOptions, { train }: Dataset): Shard[] {
  const { boards: clients, seed } = options;
  const partition = options.partition ?? (clients <= train.clientCount ? 'natural' : 'dirichlet:1');
  return split(train, { partition, clients, seed });
}

export function faultsFrom({ breakBytes, delay }: RoomOptions): EmulatorRoom['faults'] {
  if (breakBytes === undefined && delay === undefined) return undefined;
  const breakAfterBytes =
    breakBytes === undefined
      ? undefined
      : { min: Math.floor(breakBytes / 2), max: Math.ceil(breakBytes * 1.5) };
  return { breakAfterBytes, delayMs: delay };
}
