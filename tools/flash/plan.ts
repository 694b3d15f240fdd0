/**
 * What is done to flash several boards: one build, then for each board one run of esptool that writes firmware,
 * setup and shard together. Commands only; nothing is run here.
 * @module
 */
import { join } from 'node:path';
import type { Setup } from '../../firmware/ports/ports.js';
import { type Partition, partitionNamed } from './partitions.js';
import type { Target } from './target.js';

export interface Command {
  readonly program: string;
  readonly words: readonly string[];
}

/** A file and where it goes. */
export interface Piece {
  readonly offset: number;
  readonly path: string;
}

export interface BoardPlan {
  readonly port: string;
  readonly device?: string; // that of its chip when left out
  readonly part?: number; // of the data set, from 1
}

export interface PlanOptions {
  readonly target: Target;
  readonly partitions: readonly Partition[];
  readonly manifest: { readonly path: string; readonly name: string };
  readonly folder: string; // for what is built
  readonly esptool: string;
  readonly baud: number;
  readonly isErasing: boolean; // everything that was on the board
  readonly setting: readonly string[]; // of mcconfig, such as target=nodemcu
}

/** The partition table itself lies here, ESP-IDF's default. */
const TABLE_OFFSET = 0x8000;

export function buildCommand({ target, manifest, folder, setting }: PlanOptions): Command {
  const words = ['-m', '-p', target.platform, '-t', 'build', '-o', folder, ...setting, manifest.path];
  return { program: 'mcconfig', words };
}

/** The files that the SDK's build leaves, and where each goes. */
export function firmwarePieces({ target, partitions, manifest, folder }: PlanOptions): readonly Piece[] {
  const built = join(folder, 'bin', ...segments(target.platform), 'release', manifest.name);
  const at = (offset: number, file: string) => ({ offset, path: join(built, file) });
  return [
    at(target.bootloader, 'bootloader.bin'),
    at(TABLE_OFFSET, 'partition-table.bin'),
    at(partitionNamed(partitions, 'otadata').offset, 'ota_data_initial.bin'),
    at(partitionNamed(partitions, 'ota_0').offset, 'xs_esp32.bin'),
  ];
}

/** @param images what is made for this board, beside the firmware */
export function writeCommand(options: PlanOptions, port: string, images: readonly Piece[]): Command {
  const { target, esptool, baud, isErasing } = options;
  const pieces = [...firmwarePieces(options), ...images].flatMap(({ offset, path }) => [
    `0x${offset.toString(16)}`,
    path,
  ]);
  const erase = isErasing ? ['--erase-all'] : [];
  const words = ['--chip', target.chip, '--port', port, '--baud', String(baud), 'write_flash'];
  return { program: esptool, words: [...words, ...erase, ...pieces] };
}

/** As a person would type it. */
export function formatCommand({ program, words }: Command): string {
  return [program, ...words.map((word) => (/^[\w./:=@{}<>-]+$/.test(word) ? word : `'${word}'`))].join(' ');
}

/** The setup of one board of the row. */
export function setupOf(common: Setup, { device }: BoardPlan): Setup {
  return device === undefined ? common : { ...common, device };
}

/** `esp32` alone is built under its own name. */
function segments(platform: string): string[] {
  return platform.split('/');
}
