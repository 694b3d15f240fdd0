/**
 * A worker process: takes jobs one by one and answers each with its result or its error.
 * @module
 */
import { type Job, type JobResult, runJob } from './job.js';

export type Answer = { readonly result: JobResult } | { readonly error: string };

process.on('message', (job: Job) => {
  process.send?.(answer(job));
});

function answer(job: Job): Answer {
  try {
    return { result: runJob(job) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
