/**
 * Puts other modules in the place of the kernels when a program is bundled. The other module has the same
 * exports, so nothing else changes.
 * @module
 */
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { ROOT } from './modules.js';

/**
 * @param paths    modules from the root, 'firmware/kernels/dense.ts'
 * @param contents JavaScript in place of one; it may import the absolute path of what it replaces
 */
export function swapModules(paths: readonly string[], contents: (path: string) => string): Plugin {
  const files = new Map(paths.map((path) => [join(ROOT, path), path]));
  return {
    name: 'swap-modules',
    setup(build) {
      build.onResolve({ filter: /\.js$/ }, ({ path, resolveDir, namespace }) => {
        if (namespace === 'swapped' || !path.startsWith('.')) return undefined;
        const file = join(resolveDir, path.replace(/\.js$/, '.ts'));
        return files.has(file) ? { path: file, namespace: 'swapped' } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: 'swapped' }, ({ path }) => {
        const name = files.get(path); // of another plugin's list it may be
        return name === undefined ? undefined : { contents: contents(name), resolveDir: ROOT };
      });
    },
  };
}
