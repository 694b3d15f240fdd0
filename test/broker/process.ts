/**
 * A broker in a process of its own, for tests that kill it.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BrokerSettings } from '../../broker/main.js';
import type { FederationEvent } from '../../broker/rounds/event.js';
import { until } from './mqtt/clients.js';

/** Starting a process and syncing a disk take their time on a busy machine. */
const PATIENCE_MS = 60_000;

/** The broker kills itself at the `count`th event of this kind in its life. */
export interface Fate {
  readonly kind: FederationEvent['kind'];
  readonly count: number;
}

interface Asked {
  readonly resolve: (bytes: number) => void;
  readonly reject: (error: Error) => void;
}

export class BrokerProcess {
  /** What it has said: `port <number>`, then a line for each event and each log line, see serve.ts. */
  readonly lines: string[] = [];
  readonly #counts = new Map<string, number>();
  readonly #asked: Asked[] = []; // how much memory it has
  readonly #child: ChildProcess;

  private constructor(settings: BrokerSettings, fate: Fate | undefined) {
    const script = join(import.meta.dirname, 'serve.ts');
    const words = [script, JSON.stringify(settings), ...(fate ? [fate.kind, String(fate.count)] : [])];
    this.#child = spawn(process.execPath, ['--import', 'tsx', ...words], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      const [kind] = line.split(' ', 1);
      this.lines.push(line);
      this.#counts.set(kind, this.count(kind) + 1);
    });
    this.#child.on('message', (bytes) => this.#asked.shift()?.resolve(Number(bytes)));
    this.#child.once('exit', () => {
      for (const { reject } of this.#asked.splice(0)) reject(new Error('broker process ended'));
    });
  }

  /** Resolves when it listens. */
  static async start(settings: BrokerSettings, fate?: Fate): Promise<BrokerProcess> {
    const made = new BrokerProcess(settings, fate);
    await made.says((lines) => lines.length > 0, 'port');
    return made;
  }

  get port(): number {
    return Number(this.lines[0].slice('port '.length));
  }

  /** How many events of a kind it has told of. */
  count(kind: string): number {
    return this.#counts.get(kind) ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @throws Error naming `what` when it ends before, or takes too long */
  async says(isSaid: (lines: readonly string[]) => boolean, what: string): Promise<void> {
    await until(() => isSaid(this.lines) || !this.isRunning, what, PATIENCE_MS);
    if (!isSaid(this.lines)) throw new Error(`broker process ended, expected ${what}`);
  }

  /** Resident memory of the process. @throws Error when it ends before it answers */
  rssBytes(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ resolve, reject });
      this.#child.send('rss', (error) => error && reject(error));
    });
  }

  /** Resolves when its fate has overtaken it. */
  async ended(): Promise<void> {
    await until(() => !this.isRunning, 'the end of the broker process', PATIENCE_MS);
  }

  /** SIGKILL; resolves when it is gone. Safe to call twice. */
  async kill(): Promise<void> {
    if (!this.isRunning) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
