/**
 * JavaScript modules in place of the kernels' TypeScript: the same exports, made of host functions.
 * @module
 */

import ts from 'typescript';
import { constantOf } from './constant.js';
import { hostFunctions, hostName } from './glue.js';
import type { SourceModules } from './source.js';
import type { Kernel } from './translation.js';

/** For a bundle: the host puts its functions into the global `sparrowKernels`. */
export function bundleModule(modules: SourceModules, path: string, kernels: readonly Kernel[]): string {
  const names = hostFunctions(kernels.filter(({ module }) => module.path === path)).map(
    ([{ variant }]) => variant.signature.name,
  );
  return [
    ...constantLines(modules, path),
    `export const { ${names.join(', ')} } = globalThis.sparrowKernels;`,
    '',
  ].join('\n');
}

/** For Moddable's compiler: host functions by the name of their C function. */
export function moddableModule(modules: SourceModules, path: string, kernels: readonly Kernel[]): string {
  const functions = hostFunctions(kernels.filter(({ module }) => module.path === path)).map((variants) => {
    const { name, parameters } = variants[0].variant.signature;
    const given = parameters.map((p) => p.name).join(', ');
    return `export function ${name}(${given}) @ "${hostName(variants)}";`;
  });
  return [...constantLines(modules, path), ...functions, ''].join('\n');
}

/**
 * In place of firmware/trainer/speed.ts: a multiply-accumulate takes about 1,550 instructions in byte code, and with all
 * that is around it 10 to 20 in C, so there is room left.
 */
export function speedModule(): string {
  return 'export const KERNEL_SPEED = 10;\n';
}

function constantLines(modules: SourceModules, path: string): string[] {
  const module = modules.module(path);
  return [...module.constants].flatMap(([name, declaration]) => {
    const statement = declaration.parent.parent;
    const isExported =
      ts.isVariableStatement(statement) &&
      statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) return [];
    const value = constantOf(modules, module, name);
    if (value === undefined) throw new TypeError(`${path} ${name}, expected an integer constant`);
    return [`export const ${name} = ${value};`];
  });
}
