/**
 * Times work again and again in one process. Other work on the machine only ever makes a run slower, so
 * the best one is the figure; all of them are shown.
 * @module
 */

/** @returns milliseconds of each run, in order */
export function timeRuns(runs: number, work: () => void): number[] {
  const ms: number[] = [];
  for (let run = 0; run < runs; run++) {
    const before = performance.now();
    work();
    ms.push(performance.now() - before);
  }
  return ms;
}

export function best(ms: readonly number[]): number {
  return Math.min(...ms);
}
