/**
 * A bare RISC-V chip under QEMU, with one instruction for each tick: its counts are the same in every run.
 * @module
 */
import { execFile } from 'node:child_process';
import { MEMORY_MB, QEMU } from './build.js';

export interface QemuEnd {
  readonly status: number; // exit status of the program
  readonly errors: string; // what it wrote to stderr
}

/** Exit status of `timeout`. */
const TIMED_OUT = 124;
const KILL_AFTER_S = 5;

/**
 * Runs a program in a folder; files that it opens are there.
 * @throws Error when it does not end within the time
 */
export function runQemu(
  program: string,
  args: readonly string[],
  folder: string,
  timeoutS: number,
): Promise<QemuEnd> {
  const semihosting = ['enable=on', 'target=native', ...args.map((arg) => `arg=${arg}`)].join(',');
  const qemu = [
    ...['-M', 'virt', '-cpu', 'rv32,f=false,d=false,a=false', '-m', `${MEMORY_MB}M`, '-bios', 'none'],
    ...['-nographic', '-monitor', 'none', '-serial', 'none'],
    ...['-icount', 'shift=0,align=off,sleep=off', '-semihosting-config', semihosting, '-kernel', program],
  ];
  // `timeout` ends it also when this process is killed
  const command = ['-k', String(KILL_AFTER_S), String(timeoutS), QEMU, ...qemu];
  return new Promise((resolve, reject) => {
    execFile('timeout', command, { cwd: folder, maxBuffer: 1 << 24 }, (error, _stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status !== 'number') reject(error as Error);
      else if (status === TIMED_OUT) reject(new Error(`the bare RISC-V ran ${timeoutS} s, expected less`));
      else resolve({ status, errors: stderr.trim() });
    });
  });
}
