/**
 * Runs TypeScript programs, tests of kernels for example, and writes a trace of every kernel call that
 * they make.
 * @module
 */
import { join, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { kernelModules, ROOT } from './modules.js';
import { runPrograms } from './program.js';
import { swapModules } from './swap.js';
import { callKey, RECORDER_TERMS, type RecorderTerms } from './trace.js';

/**
 * @param trace    file to write
 * @param programs paths from the root; all run in one process, one after the other
 * @param variables more variables of the environment
 * @param more      put other modules in place of some
 */
export async function recordCalls(
  trace: string,
  programs: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  more: readonly Plugin[] = [],
): Promise<void> {
  const { paths, kernels } = kernelModules();
  const names = new Map(paths.map((path) => [path, new Set<string>()]));
  for (const { module, variant } of kernels) names.get(module.path)?.add(variant.signature.name);
  const numbers = Object.fromEntries(
    kernels.map(({ variant: { signature, views } }, i) => [
      callKey(
        signature.name,
        [...views.values()].map(({ array }) => array),
      ),
      i,
    ]),
  );
  const plugins = [
    ...more,
    swapModules(paths, (path) => {
      const file = JSON.stringify(join(ROOT, path));
      const wrapped = [...(names.get(path) ?? [])].map(
        (name) => `export const ${name} = (...given) => kernelTrace.call('${name}', real.${name}, given);`,
      );
      return [`import * as real from ${file};`, `export * from ${file};`, ...wrapped].join('\n');
    }),
  ];
  const terms: RecorderTerms = { trace: resolve(trace), numbers };
  const entry = ['tools/kernels-to-c/recorder.ts', ...programs];
  await runPrograms(entry, plugins, { ...variables, [RECORDER_TERMS]: JSON.stringify(terms) });
}
