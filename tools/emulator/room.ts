/**
 * A room of emulated boards in one process: each with its own connection, flash, examples and seed.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SETTINGS, type Settings } from '../../firmware/federation/settings.js';
import { start } from '../../firmware/main.js';
import type { Examples } from '../../firmware/ports/ports.js';
import { mix, Random } from '../../shared/fixed/random.js';
import { boardProfile } from '../../shared/model/boards.js';
import { EmulatedBoard } from './board.js';
import { ChipFile } from './chipfile.js';
import type { Faults } from './faults.js';
import type { BrokerAddress } from './transport.js';

export interface RoomOptions {
  readonly broker: BrokerAddress;
  readonly task: string;
  readonly board: string; // profile name
  readonly shards: readonly Examples[]; // one board for each
  readonly seed: number;
  readonly joinMs: number; // the boards join within this time
  readonly settings?: Settings;
  readonly faults?: Omit<Faults, 'seed'>;
  readonly flashFolder?: string; // boards keep their flash here; in memory when left out
  readonly log?: (device: string, text: string) => void;
}

/** What the process spent since the room was made: everything in it counts, a broker too. */
export interface RoomCost {
  readonly boards: number;
  readonly rssBytesPerBoard: number;
  readonly cpuMsPerBoard: number;
}

export class Room {
  readonly boards: readonly EmulatedBoard[];
  readonly #joinMs: number;
  readonly #random: Random;
  readonly #rssBytes = process.memoryUsage.rss();
  readonly #cpu = process.cpuUsage();
  #joins: NodeJS.Timeout[] = [];

  /** @throws RangeError for an unknown board profile */
  constructor(options: RoomOptions) {
    const { shards, board, seed, joinMs } = options;
    const { ramBytes } = boardProfile(board);
    this.#joinMs = joinMs;
    this.#random = new Random(mix(seed, shards.length));
    this.boards = shards.map((examples, index) => emulate(options, examples, index, ramBytes));
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

function emulate(options: RoomOptions, examples: Examples, index: number, ramBytes: number): EmulatedBoard {
  const { broker, task, board, seed, settings = SETTINGS, faults, flashFolder, log } = options;
  const device = deviceName(index);
  const own = mix(seed, index);
  return new EmulatedBoard({
    device,
    board,
    task,
    broker,
    examples,
    seed: own,
    firmware: (ports) => start(ports, settings),
    log: { line: (text) => log?.(device, text) },
    freeBytes: () => ramBytes,
    partition: flashFolder === undefined ? undefined : partitionIn(flashFolder, device),
    faults: faults && { ...faults, seed: own },
  });
}

function partitionIn(folder: string, device: string): ChipFile {
  mkdirSync(folder, { recursive: true });
  return new ChipFile(join(folder, `${device}.flash`));
}
