/**
 * Which code made a result: the commit for a person, and for the runner a hash of everything that
 * a worker process runs.
 * @module
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '../..');
const WORKER = join(import.meta.dirname, 'worker.ts');

/**
 * SHA-256 of the worker's program, 16 hex digits. The program is bundled and minified first: what it
 * does not reach, comments, types and layout do not count, everything else does.
 *
 * A commit alone would not do: it changes with every page of the docs, and does not change with a
 * file that is not committed yet.
 */
export async function codeHash(entry: string = WORKER): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    legalComments: 'none',
    logLevel: 'silent',
    write: false,
  });
  return createHash('sha256').update(outputFiles[0].contents).digest('hex').slice(0, 16);
}

/** The commit checked out, with `+` when files differ from it; `unknown` outside a checkout. */
export function commitName(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return git('rev-parse', '--short=12', 'HEAD') + (changed ? '+' : '');
  } catch {
    return 'unknown';
  }
}
