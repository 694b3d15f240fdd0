/**
 * The runs of an experiment that are done, one line of JSON each, on disk as soon as it ends. What
 * is there need not run again.
 *
 * A run is known by its key, a hash of everything that decides its result, and by the hash of the
 * code that made it. A line torn by a crash is no run: it is passed over, and the run is made again.
 * @module
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Job, JobResult } from './job.js';

export interface Run {
  readonly key: string; // settings, data and numerics; see keyOf
  readonly code: string; // see codeHash
  readonly commit: string;
  readonly dataHash: string;
  readonly numerics: number; // NUMERICS_VERSION
  readonly job: Job;
  readonly result: JobResult;
}

export class Journal {
  readonly #fd: number;
  readonly #runs: Run[] = [];
  readonly #torn: number;

  /** Opens or makes the file; closes with the process at the latest. */
  constructor(file: string) {
    this.#fd = openSync(file, 'a+');
    const text = readFileSync(file, 'utf8');
    let torn = 0;
    for (const line of text.split('\n')) {
      const run = line === '' ? undefined : runOf(line);
      if (run !== undefined) this.#runs.push(run);
      else if (line !== '') torn++;
    }
    this.#torn = torn;
    if (text !== '' && !text.endsWith('\n')) writeSync(this.#fd, '\n'); // keeps the next line whole
  }

  /** Lines that were no runs. */
  get torn(): number {
    return this.#torn;
  }

  /** The first run of this key that the code made; any code's when `code` is undefined. */
  find(key: string, code: string | undefined): Run | undefined {
    return this.#runs.find((run) => run.key === key && (code === undefined || run.code === code));
  }

  /** On disk when it returns. */
  append(run: Run): void {
    writeSync(this.#fd, `${JSON.stringify(run)}\n`);
    fsyncSync(this.#fd);
    this.#runs.push(run);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function runOf(line: string): Run | undefined {
  try {
    const run = JSON.parse(line) as Partial<Run> | null;
    return typeof run?.key === 'string' && run.result !== undefined ? (run as Run) : undefined;
  } catch {
    return undefined;
  }
}
