/**
 * What one test file did, read from its exit and its output. uvu exits with 0 when no test ran,
 * when `.run()` was forgotten, when `.only` left tests out and when a `before` hook threw: here
 * each of these is a failure.
 * @module
 */
import { SKIP_LINE } from './skip.js';

export interface Outcome {
  readonly passed: number;
  readonly failed: number; // at least 1 when anything is wrong
  readonly skipped: number; // calls of `skip`
  readonly problem: string; // why a file failed although no test of it did, else ''
}

export interface Exit {
  readonly code: number | null; // null when a signal ended it
  readonly timedOut: boolean;
  readonly output: string; // without colours
}

const SUMMARY = /^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/gm;

/** Whether uvu has told what came of all its tests. */
export function hasReport(output: string): boolean {
  return output.search(SUMMARY) >= 0;
}

export function judge({ code, timedOut, output }: Exit): Outcome {
  const skipped = [...output.matchAll(SKIP_LINE)].length;
  const summary = [...output.matchAll(SUMMARY)].at(-1);
  const [total, passed, leftOut] = summary === undefined ? [0, 0, 0] : summary.slice(1).map(Number);
  const problem = problemOf();
  return { passed, failed: Math.max(total - passed, problem === '' ? 0 : 1), skipped, problem };

  function problemOf(): string {
    if (timedOut) {
      return summary === undefined
        ? 'did not end in time: killed'
        : 'did not end after its last test: killed';
    }
    if (code !== 0 && passed === total) return `exit code ${code ?? 'none: ended by a signal'}`;
    if (summary === undefined) return 'no test ran: is test.run() at the end?';
    if (leftOut > 0) return `${leftOut} tests left out by .only or .skip`;
    if (total === 0 && skipped === 0) return 'no test in it';
    if (code === 0 && passed < total)
      return `${total - passed} of ${total} tests did not run: a hook threw (see tools/test/hook.ts)`;
    return '';
  }
}
