/**
 * Runs jobs in worker processes, one per core. Processes, not threads: the TypeScript loader does
 * not reach a worker thread on Node 20.
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Job, JobResult } from './job.js';
import type { Answer } from './worker.js';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/**
 * @param onResult called as each job ends, in any order
 * @returns results in the order of the jobs
 * @throws RangeError with the message of the first job that failed; the others are given up
 */
export async function runJobs(
  jobs: readonly Job[],
  onResult: (job: Job, result: JobResult) => void,
): Promise<JobResult[]> {
  const results: JobResult[] = [];
  const workers = Array.from({ length: Math.min(jobs.length, availableParallelism()) }, () =>
    fork(WORKER, { execArgv: ['--import', 'tsx'] }),
  );
  let next = 0;
  const work = async (worker: ChildProcess) => {
    while (next < jobs.length) {
      const index = next++;
      const result = await ask(worker, jobs[index]);
      results[index] = result;
      onResult(jobs[index], result);
    }
  };
  try {
    await Promise.all(workers.map(work));
  } finally {
    for (const worker of workers) worker.kill();
  }
  return results;
}

function ask(worker: ChildProcess, job: Job): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`worker process ended with code ${code}`));
    worker.once('exit', onExit);
    worker.once('message', (answer: Answer) => {
      worker.off('exit', onExit);
      if ('error' in answer) reject(new RangeError(answer.error));
      else resolve(answer.result);
    });
    worker.send(job);
  });
}
