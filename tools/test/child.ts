/**
 * Runs one test file in a process of its own, with everything that it started.
 * @module
 */
import { spawn } from 'node:child_process';
import { type Exit, hasReport } from './outcome.js';

const TSX = import.meta.resolve('tsx');

export interface Limits {
  readonly timeoutMs: number; // for the file
  readonly lingerMs: number; // from its report to its end
}

/** A child that cannot start ends like one that failed: the reason is in its output. */
export function runFile(root: string, file: string, { timeoutMs, lingerMs }: Limits): Promise<Exit> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1' };
    delete (env as Record<string, string | undefined>).FORCE_COLOR;
    // detached: a process group of its own, so that nothing it spawned outlives it
    const child = spawn(process.execPath, ['--import', TSX, file], {
      cwd: root,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let timedOut = false;
    let isReported = false;
    // a test that failed may leave something open: its report must not wait for that
    const append = (text: string) => {
      output += text;
      if (isReported || !hasReport(output)) return;
      isReported = true;
      clearTimeout(timer);
      timer = setTimeout(overdue, lingerMs);
    };
    child.stdout.setEncoding('utf8').on('data', append);
    child.stderr.setEncoding('utf8').on('data', append);
    const killGroup = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // the group is empty: nothing was left
      }
    };
    const overdue = () => {
      timedOut = true;
      killGroup();
    };
    let timer = setTimeout(overdue, timeoutMs);
    process.once('exit', killGroup);
    child.once('exit', killGroup);
    child.once('error', (error) => append(`${error.message}\n`));
    child.once('close', (code) => {
      clearTimeout(timer);
      process.off('exit', killGroup);
      resolve({ code, timedOut, output });
    });
  });
}
