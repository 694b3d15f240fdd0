/**
 * One board of the SDK's Linux build, as a process: the firmware, the engine and the SDK's modules of a
 * chip, on this machine's sockets and files.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Settings } from '../../firmware/federation/settings.js';
import type { BootedFirmware } from '../../firmware/ports/moddable/lin/booted.js';
import type { LinuxBuild } from './build.js';

export interface LinuxBoardOptions {
  readonly build: Pick<LinuxBuild, 'library' | 'loader'>;
  readonly folder: string; // settings, shard and flash; flash outlives a stop
  readonly device: string;
  readonly board: string; // profile name
  readonly task: string;
  readonly port: number; // of the broker, on this machine
  readonly shard: Uint8Array; // an .fld file
  readonly settings?: Partial<Settings>;
  readonly onLine?: (line: string) => void;
  /** What a person types when it has started. */
  readonly console?: readonly string[];
  /** The boot loader, asked at each start; left out where firmware cannot be replaced. */
  readonly boot?: () => BootedFirmware;
}

/** At most, of what was reachable. */
export interface MemoryUse {
  readonly chunkBytes: number;
  readonly chunkLimit: number;
  readonly slots: number;
  readonly slotLimit: number;
}

const MEMORY_LINE = /^peak memory: chunks (\d+) of (\d+) B, slots (\d+) of (\d+)$/;
const STOP_MS = 5000;
/** Exit status of the loader when the firmware restarts the board. */
const RESTART = 75;

export class LinuxBoard {
  readonly device: string;
  readonly #options: LinuxBoardOptions;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #memory: MemoryUse | undefined;
  #isStopping = false;
  /** Resolves with a reason when the process ends by itself: a board never should. */
  readonly died: Promise<string>;
  #die: (reason: string) => void = () => {};

  constructor(options: LinuxBoardOptions) {
    const { folder, device, shard } = options;
    this.device = device;
    this.#options = options;
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'shard.fld'), shard);
  }

  /** What its last life needed, known after it ended. */
  get memory(): MemoryUse | undefined {
    return this.#memory;
  }

  start(): void {
    const { build, folder, device, board, task, port, settings, boot, console, onLine } = this.#options;
    const firmware = boot?.();
    writeFileSync(
      join(folder, 'settings.json'),
      JSON.stringify({ device, board, task, address: '127.0.0.1', port, settings, firmware, console }),
    );
    const child = spawn(build.loader, [build.library, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#isStopping = false;
    let last = '';
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        const use = MEMORY_LINE.exec(line)?.slice(1).map(Number);
        if (use === undefined) last = line;
        else this.#memory = { chunkBytes: use[0], chunkLimit: use[1], slots: use[2], slotLimit: use[3] };
        onLine?.(line);
      });
    }
    this.#ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        if (code === RESTART && !this.#isStopping) this.start();
        else if (!this.#isStopping) this.#die(`${this.device} ended by itself (${signal ?? code}): ${last}`);
        resolve();
      });
    });
  }

  /** Power off, with time for the last line. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Power cut. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#isStopping = true;
    this.#child?.kill(signal);
    const overdue = setTimeout(() => this.#child?.kill('SIGKILL'), STOP_MS);
    await this.#ended;
    clearTimeout(overdue);
  }
}
