/**
 * Replays traces of kernel calls in C on each machine that is installed here.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKernels } from '../../../tools/kernels-to-c/generate.js';
import {
  buildDriver,
  missingFor,
  TARGETS,
  type Target,
  type TargetName,
} from '../../../tools/kernels-to-c/target.js';
import { type SkipKind, skip } from '../../../tools/test/skip.js';

const SKIPS: Readonly<Record<TargetName, SkipKind>> = {
  'x86-64': 'c',
  sanitizers: 'c',
  m32: 'multilib',
  rv32: 'riscv',
};

/** The targets that can run; says what is missing for the others. */
export function presentTargets(): Target[] {
  return Object.values(TARGETS).filter((target) => {
    const missing = missingFor(target);
    if (missing !== undefined) skip(SKIPS[target.name], missing);
    return missing === undefined;
  });
}

/** A folder that is removed when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-kernels-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Replays a trace on a target. @returns the calls of each kernel */
export async function replay(target: Target, folder: string, trace: string): Promise<Map<string, number>> {
  generateKernels(folder);
  const driver = await buildDriver(target, folder);
  const { kernels } = await driver.run(trace);
  return new Map([...kernels].map(([name, { calls }]) => [name, calls]));
}
