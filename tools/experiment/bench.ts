/**
 * Makes runs: takes from the journal what is there, gives the rest to worker processes, and writes
 * each to the journal as it ends.
 * @module
 */
import { NUMERICS_VERSION } from '../../shared/fixed/rounding.js';
import { codeHash, commitName } from './code.js';
import type { Job, JobResult } from './job.js';
import type { Journal, Run } from './journal.js';
import { keyOf } from './key.js';
import { Pool } from './pool.js';
import type { Source } from './source.js';

/** A run that is wanted. */
export interface Order {
  readonly name: string; // for a person
  readonly job: Job;
  readonly source: Source; // of the job's data
}

export interface Work {
  readonly runs: number; // to be made
  readonly rounds: number; // in them
  readonly kept: number; // runs found in the journal
}

/** What a person may want to see. Nothing depends on who listens. */
export interface BenchEvents {
  readonly onPlanned: (work: Work) => void; // beside what was told before
  readonly onRound: () => void;
  readonly onRun: (name: string, run: Run) => void; // made now
  readonly onNote: (line: string) => void;
}

export interface BenchOptions {
  readonly workers: number; // processes
  readonly journal?: Journal;
  /** Take runs of the journal that other code made, where settings, data and numerics agree. */
  readonly anyCode?: boolean;
}

export class Bench {
  readonly #options: BenchOptions;
  readonly #events: BenchEvents;
  readonly #pool: Pool;
  readonly #code: string;
  readonly #commit = commitName();

  static async open(options: BenchOptions, events: BenchEvents): Promise<Bench> {
    return new Bench(options, events, await codeHash());
  }

  private constructor(options: BenchOptions, events: BenchEvents, code: string) {
    this.#options = options;
    this.#events = events;
    this.#code = code;
    this.#pool = new Pool(options.workers);
  }

  /**
   * @returns a run for each order, in their order
   * @throws RangeError naming the first order that failed, and why
   */
  async make(orders: readonly Order[]): Promise<Run[]> {
    const keys = orders.map(({ job, source }) => keyOf(job, source.dataHash, source.description));
    const runs = new Map<string, Run>();
    const missing: number[] = []; // places of orders; of equal ones the first
    for (const [i, key] of keys.entries()) {
      const kept = this.#find(key);
      if (kept !== undefined) runs.set(key, kept);
      else if (keys.indexOf(key) === i) missing.push(i);
    }
    const jobs = missing.map((i) => orders[i].job);
    const rounds = jobs.reduce((sum, job) => sum + job.recipe.rounds, 0);
    this.#events.onPlanned({ runs: jobs.length, rounds, kept: runs.size });
    await this.#pool.run(jobs, {
      onRound: this.#events.onRound,
      onResult: (index, result) => {
        const i = missing[index];
        const run = this.#record(keys[i], orders[i], result);
        runs.set(run.key, run);
        this.#events.onRun(orders[i].name, run);
      },
      nameOf: (index) => orders[missing[index]].name,
    });
    return keys.map((key) => runs.get(key) as Run);
  }

  close(): void {
    this.#pool.close();
  }

  #record(key: string, { job, source }: Order, result: JobResult): Run {
    const made = { code: this.#code, commit: this.#commit, numerics: NUMERICS_VERSION };
    const parts: Run = { key, ...made, dataHash: source.dataHash, job, result };
    const run = JSON.parse(JSON.stringify(parts)) as Run; // as a journal gives it back
    this.#options.journal?.append(run);
    return run;
  }

  #find(key: string): Run | undefined {
    const { journal, anyCode } = this.#options;
    return journal?.find(key, anyCode ? undefined : this.#code);
  }
}
