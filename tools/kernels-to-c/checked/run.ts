/**
 * Runs programs with checked kernels, on Node.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPrograms } from '../program.js';
import { SEEN_FILE } from './checker.js';
import { type Change, checkedKernels } from './swap.js';

export interface Checked {
  readonly calls: ReadonlyMap<string, number>; // of each kernel and helper
  readonly checks: number; // values held against their bounds
}

/**
 * @param programs paths from the root
 * @throws Error with the words of the first check that failed: kernel, file, line, expression, value
 */
export async function runChecked(programs: readonly string[], change?: Change): Promise<Checked> {
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-checked-'));
  const seen = join(folder, 'seen.json');
  try {
    const entry = ['tools/kernels-to-c/checked/first.ts', ...programs];
    await runPrograms(entry, [checkedKernels(change)], { [SEEN_FILE]: seen });
    const { calls, checks } = JSON.parse(readFileSync(seen, 'utf8'));
    return { calls: new Map(calls), checks };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
