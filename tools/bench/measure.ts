/**
 * Times work again and again in one process. Other work on the machine only ever makes a run slower, so
 * the best one is the figure; all of them are shown.
 * @module
 */

export interface Timing {
  readonly ms: number; // by the clock on the wall
  readonly cpuMs: number; // of this process, all its threads: what is left when others wait for the same core
}

/** One timing per run, in order. */
export function timeRuns(runs: number, work: () => void): Timing[] {
  return Array.from({ length: runs }, () => {
    const cpuBefore = process.cpuUsage();
    const before = performance.now();
    work();
    const ms = performance.now() - before;
    const { user, system } = process.cpuUsage(cpuBefore);
    return { ms, cpuMs: (user + system) / 1000 };
  });
}

export function best(values: readonly number[]): number {
  return Math.min(...values);
}
