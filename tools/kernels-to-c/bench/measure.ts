/**
 * Records a training and counts the instructions of its kernels.
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordCalls } from '../record.js';
import type { Driver } from '../target.js';
import { BENCH_RUN, BENCH_WORK, type BenchRun, type BenchWork } from './work.js';

export interface Measured {
  readonly run: BenchRun;
  readonly work: BenchWork;
  readonly instructions: ReadonlyMap<string, number>; // of a kernel, per example
}

/** @param folder for the trace */
export async function measure(driver: Driver, run: BenchRun, folder: string): Promise<Measured> {
  const trace = join(folder, 'bench.trace');
  const workFile = join(folder, 'work.json');
  const variables = { [BENCH_RUN]: JSON.stringify(run), [BENCH_WORK]: workFile };
  await recordCalls(trace, ['tools/kernels-to-c/bench/training.ts'], variables);
  const { kernels } = await driver.run(trace);
  const work = JSON.parse(readFileSync(workFile, 'utf8')) as BenchWork;
  const perExample = [...kernels].map(([name, cost]): [string, number] => [
    name,
    cost.instructions / work.examples,
  ]);
  return { run, work, instructions: new Map(perExample) };
}

/** Of the whole step. */
export function total({ instructions }: Measured): number {
  return [...instructions.values()].reduce((sum, n) => sum + n, 0);
}
