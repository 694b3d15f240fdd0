/**
 * Worker processes that run jobs. Processes, not threads: the TypeScript loader does not reach a
 * worker thread on Node 20.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Job, JobResult } from './job.js';
import type { Answer } from './worker.js';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

export interface PoolEvents {
  readonly onRound: (index: number) => void;
  readonly onResult: (index: number, result: JobResult) => void; // as each job ends, in any order
  readonly nameOf: (index: number) => string; // for the error of a job
}

export class Pool {
  readonly #size: number;
  readonly #workers: ChildProcess[] = [];

  /** @param size most processes at a time, 1 or more; they are started when there is work */
  constructor(size: number) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`workers ${size}, expected 1 or more`);
    this.#size = size;
  }

  /**
   * @returns results in the order of the jobs
   * @throws RangeError naming the first job that failed, and why; the others are given up
   */
  async run(jobs: readonly Job[], { onRound, onResult, nameOf }: PoolEvents): Promise<JobResult[]> {
    const results: JobResult[] = [];
    while (this.#workers.length < Math.min(this.#size, jobs.length)) {
      this.#workers.push(fork(WORKER, { execArgv: ['--import', TSX] }));
    }
    let next = 0;
    const work = async (worker: ChildProcess) => {
      while (next < jobs.length) {
        const index = next++;
        const result = await ask(worker, jobs[index], () => onRound(index)).catch((error: Error) => {
          throw new RangeError(`${nameOf(index)}: ${error.message}`, { cause: error });
        });
        results[index] = result;
        onResult(index, result);
      }
    };
    try {
      await Promise.all(this.#workers.map(work));
    } catch (error) {
      this.close();
      throw error;
    }
    return results;
  }

  /** Ends the processes, whatever they do. */
  close(): void {
    for (const worker of this.#workers.splice(0)) worker.kill('SIGKILL');
  }
}

function ask(worker: ChildProcess, job: Job, onRound: () => void): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('exit', onExit);
      worker.off('message', onAnswer);
      act();
    };
    const onExit = (code: number | null, signal: string | null) =>
      settle(() => reject(new RangeError(`worker process ended with ${signal ?? `code ${code}`}`)));
    const onAnswer = (answer: Answer) => {
      if (answer.kind === 'round') onRound();
      else if (answer.kind === 'done') settle(() => resolve(answer.result));
      else settle(() => reject(new RangeError(answer.message)));
    };
    worker.on('exit', onExit);
    worker.on('message', onAnswer);
    worker.send(job);
  });
}
