/**
 * Runs commands as a person would, each in a process of its own.
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The file of the `sparrow` command. */
export const MAIN = fileURLToPath(new URL('../../../tools/cli/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[]; // of standard output
  readonly errors: readonly string[]; // of standard error
}

/** @param folder working folder, where `sparrow-data` would lie */
export function sparrow(folder: string, args: readonly string[]): Promise<Ended> {
  return runScript(MAIN, folder, args);
}

/** @param file of an entry point @param folder working folder */
export function runScript(
  file: string,
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), file, ...args], {
      cwd: folder,
      env,
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      err += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, lines: linesOf(out), errors: linesOf(err) }));
  });
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'sparrow-cli-'));
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
