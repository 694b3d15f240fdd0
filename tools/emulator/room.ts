/**
 * A room of emulated boards in one process: each with its own connection, flash, examples and seed.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SETTINGS, type Settings } from '../../firmware/federation/settings.js';
import { start } from '../../firmware/main.js';
import type { Clock, Examples, RawPartition } from '../../firmware/ports/ports.js';
import { mix, Random } from '../../shared/fixed/random.js';
import { type BoardProfile, boardProfile } from '../../shared/model/boards.js';
import { heapOf } from '../../shared/model/heap.js';
import { type Board, EmulatedBoard } from './board.js';
import { NorChip, SHARD_PARTITION_BYTES } from './chip.js';
import { ChipBoard } from './chipboard.js';
import { ChipFile } from './chipfile.js';
import type { Faults } from './faults.js';
import { manifestLimits } from './moddablefiles.js';
import { Motion } from './motion.js';
import { EmulatedSensor } from './sensor.js';
import { Sound } from './sound.js';
import type { BrokerAddress } from './transport.js';
import { XsBoard, type XsEngineFiles } from './xsboard.js';

const SIGNALS = { motion: Motion, sound: Sound } as const;

export type SensorName = keyof typeof SIGNALS;

/** Sensors that a room's boards may have. */
export const SENSORS = Object.keys(SIGNALS) as readonly SensorName[];

/** Boards on the XS engine. */
export interface XsPart {
  readonly files: XsEngineFiles;
  readonly boards: number;
  /** `files` are of moddableFiles: the firmware of a chip, on stand-ins for the SDK's modules. */
  readonly isChip?: boolean;
}

export interface RoomOptions {
  readonly broker: BrokerAddress;
  readonly task: string;
  readonly board: string; // profile name
  readonly shards: readonly (Examples | undefined)[]; // one board for each; without examples it has flash for some
  readonly seed: number;
  readonly joinMs: number; // the boards join within this time
  readonly settings?: Settings;
  readonly faults?: Omit<Faults, 'seed'>;
  readonly flashFolder?: string; // boards keep their flash here; in memory when left out
  readonly log?: (device: string, text: string) => void;
  /** Boards have this sensor, and somebody who says what it sees. */
  readonly sensor?: { readonly name: SensorName; readonly speed: number }; // times as fast as a real one
  /** The first boards run on the XS engine, so many of them. */
  readonly xs?: XsPart;
  /** Hears what boards publish. */
  readonly onPublish?: (device: string, topic: string, payload: Uint8Array) => void;
}

/** What the process spent since the room was made: everything in it counts, a broker too. */
export interface RoomCost {
  readonly boards: number;
  readonly rssBytesPerBoard: number;
  readonly cpuMsPerBoard: number;
}

export class Room {
  readonly boards: readonly Board[];
  readonly #joinMs: number;
  readonly #random: Random;
  readonly #rssBytes = process.memoryUsage.rss();
  readonly #cpu = process.cpuUsage();
  #joins: NodeJS.Timeout[] = [];

  /** @throws RangeError for an unknown board profile */
  constructor(options: RoomOptions) {
    const { shards, board, seed, joinMs } = options;
    const profile = boardProfile(board);
    this.#joinMs = joinMs;
    this.#random = new Random(mix(seed, shards.length));
    this.boards = shards.map((examples, index) => emulate(options, examples, index, profile));
  }

  /** Powers the boards on, each at its own moment within the time to join. */
  start(): void {
    for (const board of this.boards) {
      const delayMs = this.#random.below(Math.max(1, this.#joinMs));
      this.#joins.push(setTimeout(() => board.start(), delayMs));
    }
  }

  /** All boards disconnect. */
  stop(): void {
    for (const join of this.#joins) clearTimeout(join);
    this.#joins = [];
    for (const board of this.boards) board.stop();
  }

  cost(): RoomCost {
    const boards = this.boards.length;
    const { user, system } = process.cpuUsage(this.#cpu);
    return {
      boards,
      rssBytesPerBoard: Math.max(0, process.memoryUsage.rss() - this.#rssBytes) / boards,
      cpuMsPerBoard: (user + system) / 1000 / boards,
    };
  }
}

/** The name of a room's board: `emu-0001` is the first. */
export function deviceName(index: number): string {
  return `emu-${String(index + 1).padStart(4, '0')}`;
}

function emulate(
  options: RoomOptions,
  examples: Examples | undefined,
  index: number,
  profile: BoardProfile,
): Board {
  const { broker, task, board, seed, settings = SETTINGS, faults, flashFolder, log, xs, onPublish } = options;
  const { sensor } = options;
  const device = deviceName(index);
  const own = mix(seed, index);
  const common = {
    device,
    board,
    task,
    broker,
    seed: own,
    log: { line: (text: string) => log?.(device, text) },
    partition: flashFolder === undefined ? undefined : partitionIn(flashFolder, device),
    faults: faults && { ...faults, seed: own },
    onPublish: onPublish && ((topic: string, payload: Uint8Array) => onPublish(device, topic, payload)),
  };
  if (xs !== undefined && index < xs.boards && xs.isChip) {
    if (faults !== undefined || flashFolder !== undefined) {
      throw new RangeError(
        `board ${device} with the firmware of a chip, expected no faults and no flash folder`,
      );
    }
    return new ChipBoard({ ...common, examples, engine: xs.files, limits: manifestLimits(board) });
  }
  if (xs !== undefined && index < xs.boards) {
    if (examples === undefined) throw new RangeError(`board ${device} on XS, expected one with examples`);
    return new XsBoard({ ...common, examples, settings, engine: xs.files, limits: heapOf(profile) });
  }
  return new EmulatedBoard({
    ...common,
    examples,
    shard: examples === undefined ? shardIn(flashFolder, device) : undefined,
    sensor: sensor && ((clock) => sensorOf(sensor, clock, own)),
    firmware(ports) {
      const running = start(ports, settings);
      for (const seeing of ports.sensors ?? []) {
        if (seeing instanceof EmulatedSensor) seeing.onScene = (label) => running.label(label);
      }
      return running;
    },
    freeBytes: () => profile.ramBytes,
  });
}

function sensorOf(
  { name, speed }: Required<RoomOptions>['sensor'],
  clock: Clock,
  seed: number,
): EmulatedSensor {
  const random = new Random(seed);
  return new EmulatedSensor({ clock, speed, random, signal: new SIGNALS[name](random) });
}

/** Flash for a board's own examples. */
function shardIn(folder: string | undefined, device: string): RawPartition {
  if (folder === undefined) return new NorChip(SHARD_PARTITION_BYTES);
  mkdirSync(folder, { recursive: true });
  return new ChipFile(join(folder, `${device}.shard`), SHARD_PARTITION_BYTES);
}

function partitionIn(folder: string, device: string): ChipFile {
  mkdirSync(folder, { recursive: true });
  return new ChipFile(join(folder, `${device}.flash`));
}
