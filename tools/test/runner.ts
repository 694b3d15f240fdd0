/**
 * Finds the test files, runs each in its own process, as many at once as there are cores, and
 * writes a line for each; of a file that failed, its whole output.
 * @module
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runFile } from './child.js';
import { judge, type Outcome } from './outcome.js';
import { SKIP_LINE } from './skip.js';

export interface TestRun {
  readonly root: string; // folder that holds `test`
  readonly patterns: readonly string[]; // parts of file names, any of them; none = every file
  readonly timeoutMs: number; // for one file
  readonly lingerMs?: number; // for its end after its last test
  readonly write: (line: string) => void;
}

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a slow machine needs to end a process that has closed everything. */
const LINGER_MS = 20_000;

/** Runs the files whose name holds one of the patterns. No such file: one failure. */
export async function runTests(run: TestRun): Promise<Totals> {
  const files = findTests(run.root).filter(
    (file) => run.patterns.length === 0 || run.patterns.some((pattern) => file.includes(pattern)),
  );
  if (files.length === 0) {
    run.write(
      `no test file in ${join(run.root, 'test')} matches ${run.patterns.join(' or ') || '*.test.ts'}`,
    );
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const width = Math.max(...files.map((file) => file.length));
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const queue = files.values();
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return totals;

  async function worker(): Promise<void> {
    for (const file of queue) {
      const start = performance.now();
      const { root, timeoutMs, lingerMs = LINGER_MS } = run;
      const exit = await runFile(root, file, { timeoutMs, lingerMs });
      const outcome = judge(exit);
      const seconds = (performance.now() - start) / 1000;
      run.write(formatLine(file.padEnd(width), outcome, seconds));
      for (const [line] of exit.output.matchAll(SKIP_LINE)) run.write(`     ${line}`);
      if (outcome.failed > 0) run.write(`${exit.output.trim()}\n`);
      totals.passed += outcome.passed;
      totals.failed += outcome.failed;
      totals.skipped += outcome.skipped;
    }
  }
}

/** `12 passed, 0 failed`, and how many were skipped, if any. */
export function formatTotals({ passed, failed, skipped }: Totals): string {
  return `${skipped > 0 ? `${skipped} skipped\n` : ''}${passed} passed, ${failed} failed`;
}

function formatLine(file: string, outcome: Outcome, seconds: number): string {
  const mark = outcome.failed > 0 ? 'FAIL' : 'ok  ';
  const failed = outcome.failed > 0 ? `, ${outcome.failed} failed` : '';
  const problem = outcome.problem === '' ? '' : `: ${outcome.problem}`;
  return `${mark} ${file}  ${outcome.passed} passed${failed}  ${seconds.toFixed(1)} s${problem}`;
}

function findTests(root: string): string[] {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join('test', file))
    .sort();
}
