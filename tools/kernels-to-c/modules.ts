/**
 * Which modules are translated, and what they need from the rest of the project.
 * @module
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as crctable from '../../shared/fixed/crctable.js';
import * as exponential from '../../shared/fixed/exponential.js';
import { SourceModules } from './source.js';
import { KERNELS, type Kernel, kernelsOf, type Tables } from './translation.js';

/** The project's root. */
export const ROOT = join(import.meta.dirname, '../..');

/** Modules outside firmware/kernels whose functions run over every weight, position or byte. */
const MORE = [
  'shared/fixed/noisebits.ts',
  'shared/masks/count.ts',
  'shared/masks/gaps.ts',
  'shared/masks/gridcode.ts',
  'shared/masks/listing.ts',
  'shared/masks/merge.ts',
  'shared/masks/rowgaps.ts',
  'shared/masks/take.ts',
  'shared/protocol/checksum.ts',
  'shared/protocol/pack.ts',
];

/** Says how fast kernels are, in C another than in byte code. */
export const SPEED = 'firmware/trainer/speed.ts';

export interface KernelModules {
  readonly modules: SourceModules;
  readonly paths: readonly string[]; // each becomes a C file
  readonly parts: readonly string[]; // of kernels, in folders below: they go into the C files of their callers
  readonly kernels: readonly Kernel[]; // in the order of the driver's numbers
  readonly tables: Tables;
}

export function kernelModules(): KernelModules {
  const files = readdirSync(join(ROOT, KERNELS)).filter((name) => name.endsWith('.ts'));
  const paths = [...files.sort().map((name) => `${KERNELS}/${name}`), ...MORE];
  const modules = new SourceModules(ROOT);
  const kernels = paths.flatMap((path) => kernelsOf(modules, modules.module(path)));
  return { modules, paths, parts: partsOf(modules, paths), kernels, tables: tableOf };
}

function partsOf(modules: SourceModules, paths: readonly string[]): string[] {
  const parts = new Set<string>();
  const visit = (from: string) => {
    for (const { path } of modules.module(from).imports.values()) {
      if (!path.startsWith(`${KERNELS}/`) || paths.includes(path) || parts.has(path)) continue;
      parts.add(path);
      visit(path);
    }
  };
  for (const path of paths) visit(path);
  return [...parts].sort();
}

/** Tables are what the modules that make them export. */
const TABLES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'shared/fixed/crctable.ts': crctable,
  'shared/fixed/exponential.ts': exponential,
};

function tableOf(path: string, name: string): ArrayLike<number> {
  const table = TABLES[path]?.[name];
  if (!ArrayBuffer.isView(table)) {
    throw new TypeError(
      `${path} ${name}, expected an integer constant, or an exported typed array listed here`,
    );
  }
  return table as Int32Array;
}
