/**
 * Puts checked kernels in the place of the kernels when a program is bundled, with the helpers that they call.
 * Whoever else uses such a helper gets it as it is.
 * @module
 */
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import ts from 'typescript';
import { kernelModules, ROOT } from '../modules.js';
import { readModule, type SourceModule, type SourceModules } from '../source.js';
import { rewriteModule } from './rewrite.js';

/** Changes a module's text before it is checked: a fault for a test, say. @param path from the root */
export type Change = (path: string, text: string) => string;

export function checkedKernels(change: Change = (_path, text) => text): Plugin {
  const { modules, paths } = kernelModules();
  const helpers = helpersOf(modules, paths);
  const isKernels = (path: string) => paths.includes(path);
  return {
    name: 'checked-kernels',
    setup(build) {
      build.onResolve({ filter: /^\..*\.js$/ }, ({ path, resolveDir, namespace }) => {
        const file = join(resolveDir, path.replace(/\.js$/, '.ts'));
        const from = relative(ROOT, file);
        const isChecked = isKernels(from) || (namespace === 'checked' && helpers.has(from));
        if (isChecked) return { path: file, namespace: 'checked' };
        return namespace === 'checked' ? { path: file, namespace: 'file' } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: 'checked' }, ({ path: file }) => {
        const path = relative(ROOT, file);
        const module = modules.module(path);
        const { file: source } = readModule(path, change(path, module.file.text));
        const isChecked = (name: string) => isKernels(path) || helpers.get(path)?.has(name) === true;
        return { contents: rewriteModule(source, isChecked), loader: 'ts', resolveDir: dirname(file) };
      });
    },
  };
}

/** Functions outside of the kernels' modules that kernels call, directly or not, by module. */
function helpersOf(modules: SourceModules, paths: readonly string[]): Map<string, Set<string>> {
  const helpers = new Map<string, Set<string>>();
  const visit = (module: SourceModule, node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const found = modules.findFunction(module, node.expression.text);
      if (found !== undefined && !paths.includes(found.module.path)) {
        const known = helpers.get(found.module.path) ?? new Set();
        helpers.set(found.module.path, known);
        if (!known.has(found.name)) {
          known.add(found.name);
          visit(found.module, found.value);
        }
      }
    }
    node.forEachChild((child) => visit(module, child));
  };
  for (const path of paths) {
    const module = modules.module(path);
    for (const declaration of module.functions.values()) visit(module, declaration);
  }
  return helpers;
}
