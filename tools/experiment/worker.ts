/**
 * A worker process: takes jobs one by one, tells of each round and answers with the result or the
 * error. It ends with the process that started it.
 * @module
 */
import { type Job, type JobResult, runJob } from './job.js';

export type Answer =
  | { readonly kind: 'round' }
  | { readonly kind: 'done'; readonly result: JobResult }
  | { readonly kind: 'failed'; readonly message: string };

process.on('message', (job: Job) => void work(job));
process.on('disconnect', () => process.exit());

async function work(job: Job): Promise<void> {
  try {
    const run = runJob(job);
    for (;;) {
      const step = run.next();
      if (step.done) {
        send({ kind: 'done', result: step.value });
        return;
      }
      send({ kind: 'round' });
      await turn();
    }
  } catch (error) {
    send({ kind: 'failed', message: (error as Error).message });
  }
}

/** Lets messages and the disconnection through. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Nobody left to hear it: the work is over. */
function send(answer: Answer): void {
  process.send?.(answer, undefined, undefined, (error) => {
    if (error !== null) process.exit();
  });
}
