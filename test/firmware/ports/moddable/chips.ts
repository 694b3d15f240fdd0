/**
 * Boards for tests whose firmware is the entry for a chip, on stand-ins for the SDK's modules, in one
 * federation with boards on Node on the real broker. Every round needs every board, so the final model is
 * one sequence of bytes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningBroker, startBroker } from '../../../../broker/main.js';
import { SETTINGS } from '../../../../firmware/federation/settings.js';
import { regionOf } from '../../../../firmware/flash/region.js';
import { FlashSetup } from '../../../../firmware/flash/setup.js';
import { start } from '../../../../firmware/main.js';
import type { Setup } from '../../../../firmware/ports/ports.js';
import { Shard } from '../../../../shared/data/example-set.js';
import { ownShardImage } from '../../../../shared/protocol/shardimage.js';
import { parseTopic } from '../../../../shared/protocol/topics.js';
import { loadDataset } from '../../../../tools/datasets/dataset.js';
import { deal } from '../../../../tools/datasets/split.js';
import { EmulatedBoard } from '../../../../tools/emulator/board.js';
import { type Cut, NorChip } from '../../../../tools/emulator/chip.js';
import { ModdableBoard } from '../../../../tools/emulator/moddableboard.js';
import { manifestLimits } from '../../../../tools/emulator/moddablefiles.js';
import type { Surroundings } from '../../../../tools/emulator/moddablenet.js';
import type { XsEngineFiles } from '../../../../tools/emulator/xsboard.js';
import { type Cut as LinkCut, RecordingProxy } from '../../../../tools/firmware/proxy.js';
import { formatShard } from '../../../../tools/firmware/shard.js';
import { type Partition, parsePartitions, partitionNamed } from '../../../../tools/flash/partitions.js';
import type { HeapUse } from '../../../../tools/xs/host.js';
import { digitsSettings, QUICK, ROUNDS, TASK } from '../../../tools/emulator/digits.js';

/** These end a broken test, and judge nothing: a busy machine may be slow. */
const LINE_MS = 60_000;
const RUN_MS = 120_000;

const CHIP_BYTES = 4 * 1024 * 1024;
const TABLE = join(import.meta.dirname, '../../../../firmware/ports/moddable/esp32/partitions.csv');
export const PARTITIONS = parsePartitions(readFileSync(TABLE, 'utf8'), 'partitions.csv');

export const WIFI = { ssid: 'Café upstairs', password: 'correct horse' };
export const BOARDS = 4;

const { train } = loadDataset('digits');
const SHARDS = deal(train, { partition: 'iid', clients: 2 * BOARDS, seed: 1 });

export function surroundings(): Surroundings {
  return { accessPoint: { ...WIFI, isOn: true, joinMs: 20 }, services: [], hosts: {} };
}

/** A chip as it comes from the desk where it was flashed: the setup and, of digits, the shard with that index. */
export function flashedChip(setup: Setup | undefined, shard: number | undefined): NorChip {
  const chip = new NorChip(CHIP_BYTES);
  if (setup !== undefined) new FlashSetup(part(chip, 'setup')).save(setup);
  if (shard !== undefined) {
    part(chip, 'shard').write(0, ownShardImage(formatShard(train, SHARDS[shard])));
  }
  return chip;
}

function part(chip: NorChip, name: string) {
  const { offset, bytes } = partitionNamed(PARTITIONS, name);
  return regionOf(chip, offset, bytes);
}

export interface LoneChip {
  readonly engine: XsEngineFiles;
  readonly chip: NorChip;
  readonly around?: Surroundings;
  readonly speed?: number;
  readonly board?: string; // profile name; esp32 when left out
  readonly partitions?: readonly Partition[];
}

/** One board and what it says; `line` waits until it has said something that matches. */
export class Chip {
  readonly lines: string[] = [];
  readonly board: ModdableBoard;
  readonly #chip: NorChip;
  #onPowerLoss: (() => void) | undefined;
  #end: string | undefined;
  #wake: () => void = () => {};

  constructor({
    engine,
    chip,
    around = surroundings(),
    speed = 1,
    board = 'esp32',
    partitions = PARTITIONS,
  }: LoneChip) {
    this.#chip = chip;
    this.board = new ModdableBoard({
      engine,
      limits: manifestLimits(board),
      chip,
      partitions,
      mac: 'a4:d1:8c:00:00:2a',
      speed,
      around,
      onLine: (line) => {
        this.lines.push(line);
        this.#wake();
      },
      onEnd: (reason) => {
        this.#end = reason;
        this.#wake();
        const restart = this.#onPowerLoss;
        this.#onPowerLoss = undefined;
        if (restart === undefined) return;
        chip.powerOn();
        restart();
      },
    });
  }

  /** Power goes in the flash's step after so many; `then` is called when it is back. */
  cutFlashAfter(cut: Cut, then: () => void): void {
    this.#chip.cutAfter(cut);
    this.#onPowerLoss = then;
  }

  /** Why it ended by itself last, undefined when it did not. */
  get end(): string | undefined {
    return this.#end;
  }

  /** @throws Error with all that it said, when it does not say so in time */
  async line(pattern: RegExp, withinMs = LINE_MS): Promise<string> {
    const found = () => this.lines.find((line) => pattern.test(line));
    await this.#until(() => found() !== undefined, `a line ${pattern}`, withinMs);
    return found()!;
  }

  /** @returns the reason */
  async ended(withinMs = LINE_MS): Promise<string> {
    await this.#until(() => this.#end !== undefined, 'its end', withinMs);
    return this.#end!;
  }

  async #until(isDone: () => boolean, what: string, withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!isDone()) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`expected ${what} of:\n${this.lines.join('\n')}\n${this.#end ?? ''}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

export interface RoomOptions {
  readonly folder: string;
  /** So many of the boards are chips; the others run on Node. */
  readonly chips: number;
  readonly engine?: XsEngineFiles;
  readonly board?: string; // profile name of the chips; esp32 when left out
  readonly speed?: number;
  /** Of one chip; `port` is where the broker can be reached. */
  readonly setup?: (index: number, port: number) => Setup;
  readonly nextCut?: () => LinkCut | undefined;
  /** After each report; to disturb. */
  readonly onReport?: (room: ChipRoom, round: number, device: string) => void;
}

export interface Outcome {
  readonly model: Buffer;
  /** By device: hex of its update frames in order, each different one once. */
  readonly updates: ReadonlyMap<string, readonly string[]>;
  /** Of each chip's engine, after the last round. */
  readonly memory: readonly HeapUse[];
}

export function deviceName(index: number): string {
  return `board-${index + 1}`;
}

export class ChipRoom {
  readonly around = surroundings();
  readonly chips: Chip[] = [];
  readonly proxy: RecordingProxy;
  readonly #options: RoomOptions;
  #broker: RunningBroker | undefined;
  #others: EmulatedBoard[] = [];
  #finish: (rounds: number) => void = () => {};
  readonly #finished = new Promise<number>((resolve) => {
    this.#finish = resolve;
  });

  constructor(options: RoomOptions) {
    this.#options = options;
    this.proxy = new RecordingProxy(() => this.#broker!.port);
    this.proxy.nextCut = () => options.nextCut?.();
  }

  /** The whole federation. @throws Error when it takes too long: a chip may have ended by itself */
  async run(withinMs = RUN_MS): Promise<Outcome> {
    const { folder } = this.#options;
    await this.#open();
    const port = await this.proxy.listen();
    this.#fill(port);
    const timer = setTimeout(() => this.#finish(0), withinMs);
    try {
      for (const { board } of this.chips) board.start();
      for (const board of this.#others) board.start();
      const rounds = await this.#finished;
      if (rounds !== ROUNDS) throw new Error(`not finished:\n${this.#said()}`);
      const memory = await Promise.all(this.chips.map(({ board }) => board.memory()));
      return { model: readFileSync(join(folder, 'final.model')), updates: this.#updates(), memory };
    } finally {
      clearTimeout(timer);
      for (const { board } of this.chips) board.kill();
      for (const board of this.#others) board.stop();
      await this.#broker!.close();
      await this.proxy.close();
    }
  }

  /** The broker goes, and comes back with what it has on disk. */
  async restartBroker(): Promise<void> {
    await this.#broker!.close();
    await this.#open();
  }

  async #open(): Promise<void> {
    const { folder, onReport } = this.#options;
    const settings = digitsSettings(folder, { cohort: BOARDS, goal: BOARDS, minimum: BOARDS, maxDevices: 8 });
    const broker = await startBroker(settings, {
      onEvent: (event) => {
        if (event.kind === 'report') onReport?.(this, event.round, event.device);
      },
      log: () => {},
    });
    this.#broker = broker;
    const isClosed = () => {}; // on purpose, before its last round
    void broker.finished.then(({ rounds }) => this.#finish(rounds), isClosed);
  }

  #fill(port: number): void {
    const { chips, engine, board, speed, setup } = this.#options;
    for (let index = 0; index < chips; index++) {
      const told = { ...WIFI, device: deviceName(index), broker: `127.0.0.1:${port}` };
      const chip = flashedChip(setup?.(index, port) ?? told, index);
      this.chips.push(new Chip({ engine: engine!, chip, board, speed, around: this.around }));
    }
    this.#others = SHARDS.slice(chips, BOARDS).map(
      (places, i) =>
        new EmulatedBoard({
          device: deviceName(chips + i),
          board: 'esp32',
          task: TASK,
          broker: { host: '127.0.0.1', port },
          examples: new Shard(train, places),
          seed: i,
          firmware: (ports) => start(ports, { ...SETTINGS, ...QUICK }),
          log: { line: () => {} },
        }),
    );
  }

  #updates(): Map<string, string[]> {
    const updates = new Map<string, string[]>();
    for (const { topic, payload } of this.proxy.recorded) {
      const parsed = parseTopic(topic);
      if (parsed?.kind !== 'update') continue;
      const frames = updates.get(parsed.device) ?? [];
      updates.set(parsed.device, frames);
      const hex = payload.toString('hex');
      if (!frames.includes(hex)) frames.push(hex);
    }
    return updates;
  }

  #said(): string {
    return this.chips
      .map(({ lines, end }, i) => `${deviceName(i)} ${end ?? ''}\n${lines.join('\n')}`)
      .join('\n');
  }
}
