/**
 * The tests that call kernels: what they do is replayed in C, and run with every number checked.
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { kernelModules, ROOT } from '../../../tools/kernels-to-c/modules.js';

const FOLDER = 'test/firmware/kernels';

/** Those of firmware/kernels, and of each module elsewhere that is translated. */
export const KERNEL_TESTS: readonly string[] = [
  ...readdirSync(join(ROOT, FOLDER))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${FOLDER}/${name}`),
  ...kernelModules()
    .paths.filter((path) => !path.startsWith('firmware/kernels/'))
    .map((path) => `test/${path.replace(basename(path), testOf(basename(path, '.ts')))}`),
];

/** The counting passes are tested with the rest of top-k. */
function testOf(module: string): string {
  return `${module === 'count' ? 'topk' : module}.test.ts`;
}
