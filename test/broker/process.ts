/**
 * A broker in a process of its own, for tests that kill it.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BrokerSettings } from '../../broker/main.js';
import { until } from './mqtt/clients.js';

const START_MS = 30_000;

export class BrokerProcess {
  /** What it has said: `port <number>`, then a line for each event, see serve.ts. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;

  private constructor(settings: BrokerSettings) {
    const script = join(import.meta.dirname, 'serve.ts');
    this.#child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.lines.push(line));
  }

  /** Resolves when it listens. */
  static async start(settings: BrokerSettings): Promise<BrokerProcess> {
    const made = new BrokerProcess(settings);
    await made.says((lines) => lines.length > 0, 'port', START_MS);
    return made;
  }

  get port(): number {
    return Number(this.lines[0].slice('port '.length));
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @throws Error naming `what` when it ends before, or takes too long */
  async says(isSaid: (lines: readonly string[]) => boolean, what: string, timeoutMs?: number): Promise<void> {
    await until(() => isSaid(this.lines) || !this.isRunning, what, timeoutMs);
    if (!isSaid(this.lines)) throw new Error(`broker process ended, expected ${what}`);
  }

  /** SIGKILL; resolves when it is gone. Safe to call twice. */
  async kill(): Promise<void> {
    if (!this.isRunning) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
