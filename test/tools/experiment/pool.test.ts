import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job, JobResult } from '../../../tools/experiment/job.js';
import { Pool } from '../../../tools/experiment/pool.js';
import { runOf } from './results.js';

const test = suite('pool');

const SETTINGS = runOf().job;

function jobOf(seed: number, changes: Partial<Job> = {}): Job {
  return { ...SETTINGS, recipe: { ...SETTINGS.recipe, rounds: 3 }, seed, ...changes };
}

async function run(pool: Pool, jobs: readonly Job[]) {
  const ended: number[] = [];
  let rounds = 0;
  const results = await pool.run(jobs, {
    onRound: () => rounds++,
    onResult: (index) => ended.push(index),
    nameOf: (index) => `job ${index}`,
  });
  return { results, ended, rounds };
}

function plain({ seconds, ...result }: JobResult): string {
  return JSON.stringify(result);
}

test('results come in the order of the jobs, and each is told as it ends', async () => {
  const pool = new Pool(2);
  try {
    const jobs = [jobOf(1, { recipe: { ...SETTINGS.recipe, rounds: 6 } }), jobOf(2), jobOf(1)];
    const { results, ended, rounds } = await run(pool, jobs);
    assert.is(rounds, 12);
    assert.equal(ended.toSorted(), [0, 1, 2]);
    const again = await run(pool, jobs.slice(1));
    assert.equal(again.results.map(plain), results.slice(1).map(plain));
    assert.is.not(plain(results[1]), plain(results[2]));
  } finally {
    pool.close();
  }
});

test('a job that fails is named with its reason', async () => {
  const pool = new Pool(1);
  try {
    await run(pool, [jobOf(1), jobOf(2, { partition: 'fair' })]);
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /^job 1: partition fair, expected natural, iid/);
  } finally {
    pool.close();
  }
});

test('no worker is an error', () => {
  assert.throws(() => new Pool(0), /workers 0, expected 1 or more/);
});

test.run();
