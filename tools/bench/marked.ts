/**
 * Counts the x86 instructions of a script on the XS host, by callgrind, between marks that the script sets: at
 * each it calls the host's function `nowMs`, where callgrind writes a dump.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from '../xs/frame.js';
import { XsHost } from '../xs/host.js';
import { functionCosts } from './callgrind.js';

/** The host's C function behind `nowMs`. */
const MARKED = 'xs_nowMs';

export interface MarkedScript {
  readonly program: string; // of the host
  readonly script: string;
  readonly examples?: readonly Part[]; // as XsHost.store takes them
  readonly call: string; // gives the marks in their order, as bytes
}

/** What ran from one mark to the next. */
export interface Segment {
  readonly mark: number;
  readonly functions: ReadonlyMap<string, number>; // instructions of each C function, without those it called
}

/** @param folder for dumps, which are removed */
export async function runMarked(
  { program, script, examples, call }: MarkedScript,
  folder: string,
): Promise<Segment[]> {
  const own = mkdtempSync(join(folder, 'dumps-'));
  const dump = join(own, 'dump');
  const options = ['--tool=callgrind', `--callgrind-out-file=${dump}`, `--dump-before=${MARKED}`];
  const host = new XsHost({ program, script, under: ['valgrind', ...options] });
  try {
    if (examples !== undefined) host.store('examples', examples);
    const marks = await host.evaluateBytes(call);
    // the first dump is of what came before all marks
    return [...marks.subarray(0, -1)].map((mark, i) => ({
      mark,
      functions: functionCosts(readFileSync(`${dump}.${i + 2}`, 'utf8')),
    }));
  } finally {
    await host.close();
    rmSync(own, { recursive: true, force: true });
  }
}

/** Instructions of a segment. */
export function costOf({ functions }: Segment): number {
  return [...functions.values()].reduce((sum, n) => sum + n, 0);
}
