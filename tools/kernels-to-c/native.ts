/**
 * What a host for XS links and what a bundle swaps, so that native kernels run in the place of TypeScript's.
 * @module
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { generateKernels } from './generate.js';
import { kernelModules, SPEED } from './modules.js';
import { swapModules } from './swap.js';

export interface NativeKernels {
  readonly sources: readonly string[]; // C files for the host, compiled as XS itself is
  readonly flags: readonly string[]; // for the host: it calls installKernels
  readonly plugin: Plugin; // for the bundle
}

/** Writes the kernels in C and their glue into a folder. */
export function nativeKernels(folder: string): NativeKernels {
  generateKernels(folder);
  const sources = ['c', 'xs'].flatMap((part) =>
    readdirSync(join(folder, part))
      .filter((name) => name.endsWith('.c'))
      .map((name) => join(folder, part, name)),
  );
  return {
    sources,
    flags: [`-DSPARROW_NATIVE=0x${contentHash(folder)}`],
    plugin: swapModules([...kernelModules().paths, SPEED], (path) =>
      readFileSync(join(folder, 'bundle', path.replace(/\.ts$/, '.js')), 'utf8'),
    ),
  };
}

/** In a flag, so that a host is built anew when a header changed. */
function contentHash(folder: string): string {
  const hash = createHash('sha256');
  for (const part of ['c', 'xs']) {
    for (const name of readdirSync(join(folder, part)).sort())
      hash.update(readFileSync(join(folder, part, name)));
  }
  return hash.digest('hex').slice(0, 8);
}
