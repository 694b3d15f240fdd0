/**
 * One module of kernels as one C file: constants, tables and helpers that it uses, then its kernels. The
 * file needs nothing but <stdint.h> and the prototypes of other kernels.
 * @module
 */
import ts from 'typescript';
import { constantValue } from './constant.js';
import type { Element } from './element.js';
import { expression, type Scope } from './expression.js';
import { functionBody, prototype, writtenViews } from './function.js';
import { SubsetError } from './rule.js';
import { signatureOf, type Variant, variantsOf } from './signature.js';
import { docComment, type Found, moduleComment, type SourceModule, type SourceModules } from './source.js';

/** Values of exported tables: typed arrays that a module makes when it is loaded. */
export type Tables = (path: string, name: string) => ArrayLike<number>;

/** One C function that others may call. */
export interface Kernel {
  readonly module: SourceModule;
  readonly declaration: ts.FunctionDeclaration;
  readonly variant: Variant;
  readonly name: string; // in C
  readonly written: ReadonlySet<string>;
}

/** The exported functions of a module, each once for every choice of types. */
export function kernelsOf(modules: SourceModules, module: SourceModule): Kernel[] {
  return [...module.functions.values()].filter(isExported).flatMap((declaration) => {
    const signature = signatureOf(modules, module, declaration);
    return variantsOf(signature, declaration).map((variant) => ({
      ...{ module, declaration, variant },
      name: `sparrow_${signature.name}${variant.suffix}`,
      written: writtenViews(modules, module, declaration, variant.views),
    }));
  });
}

/** The folder of kernels: functions of a module below it that is none of them are parts of those that call them. */
export const KERNELS = 'firmware/kernels';

export class Translation {
  readonly #modules: SourceModules;
  readonly #module: SourceModule;
  readonly #isKernels: (path: string) => boolean;
  readonly #tables: Tables;
  readonly #parts = new Map<string, string[]>(); // constants, tables and helpers by C name, in order of need
  readonly #names = new Map<string, string>(); // what each C name stands for

  /** @param isKernels whether the functions of a module are kernels of their own C file */
  constructor(
    modules: SourceModules,
    module: SourceModule,
    isKernels: (path: string) => boolean,
    tables: Tables,
  ) {
    this.#modules = modules;
    this.#module = module;
    this.#isKernels = isKernels;
    this.#tables = tables;
  }

  /** The text of the C file. @throws SubsetError */
  file(): string {
    const kernels = kernelsOf(this.#modules, this.#module).flatMap((kernel) => [
      docComment(kernel.declaration),
      ...this.#function(kernel.module, kernel.declaration, kernel.variant, kernel.name, ''),
      '',
    ]);
    const parts = [...this.#parts.values()].flatMap((lines) => [...lines, '']);
    return [moduleComment(this.#module), '#include "kernels.h"', '', ...parts, ...kernels].join('\n');
  }

  #function(
    module: SourceModule,
    declaration: ts.FunctionDeclaration,
    variant: Variant,
    name: string,
    linkage: string,
  ): string[] {
    const { signature, views } = variant;
    const numbers = signature.parameters.filter((p) => !views.has(p.name)).map((p) => p.name);
    const written = writtenViews(this.#modules, module, declaration, views);
    const pointers = new Map<string, Set<string>>();
    const pass = () => {
      const scope = this.#scope(module, views, new Set(numbers), pointers, written);
      return functionBody(declaration, scope, numbers);
    };
    pass(); // finds which pointers there are
    return [`${linkage}${prototype(variant, name, written)}`, ...pass()];
  }

  #scope(
    module: SourceModule,
    views: ReadonlyMap<string, Element>,
    numbers: Set<string>,
    pointers: Map<string, Set<string>>,
    written: ReadonlySet<string>,
  ): Scope {
    const fixed = new Map([...numbers].map((name): [string, number] => [name, 0]));
    return {
      ...{
        modules: this.#modules,
        module,
        views,
        numbers,
        fixed,
        pointers,
        cursors: new Map(),
        loops: { depth: 0 },
      },
      pointerType: (view) => `${written.has(view) ? '' : 'const '}${views.get(view)?.c}`,
      call: (found, types) => this.#call(found, types),
      constant: (found) => this.#constant(found),
    };
  }

  #call(found: Found<ts.FunctionDeclaration>, types: readonly (Element | undefined)[]): string {
    const { module, value } = found;
    const variants = variantsOf(signatureOf(this.#modules, module, value), value);
    const variant = variants.find(({ signature, views }) =>
      signature.parameters.every(({ name }, i) => views.get(name) === types[i]),
    );
    if (variant === undefined)
      throw new SubsetError(value.name ?? value, 'a call hands over what the parameters say');
    if (this.#isKernels(module.path) && isExported(value)) return `sparrow_${found.name}${variant.suffix}`;
    const name = `${fileName(module.path)}_${found.name}${variant.suffix}`;
    if (this.#claim(name, `${module.path} ${found.name}${variant.suffix}`)) {
      const isPart = this.#isKernels(module.path) || module.path.startsWith(`${KERNELS}/`);
      const linkage = isPart ? 'SPARROW_PART ' : 'static inline ';
      const lines = this.#function(module, value, variant, name, linkage);
      this.#parts.set(name, [docComment(value), ...lines]);
    }
    return name;
  }

  #constant({ module, name, value }: Found<ts.VariableDeclaration>): string {
    if (!this.#claim(name, `${module.path} ${name}`)) return name;
    const { initializer } = value;
    if (initializer === undefined) throw new SubsetError(value, 'a constant has a value');
    const doc = docComment(value.parent.parent).replace(/\n \*(?= @)/g, '\n *');
    if (constantValue(this.#modules, module, initializer) !== undefined) {
      const text = expression(initializer, this.#scope(module, new Map(), new Set(), new Map(), new Set()));
      this.#parts.set(
        name,
        [doc, `enum { ${name} = ${text} };`].filter((line) => line !== ''),
      );
    } else {
      this.#parts.set(name, [doc, ...tableLines(name, this.#tables(module.path, name))]);
    }
    return name;
  }

  /** Whether a C name is new. @throws TypeError when it stands for something else */
  #claim(name: string, what: string): boolean {
    const known = this.#names.get(name);
    if (known === what) return false;
    if (known !== undefined)
      throw new TypeError(`${what} and ${known} are both ${name} in C, expected different names`);
    this.#names.set(name, what);
    return true;
  }
}

function tableLines(name: string, values: ArrayLike<number>): string[] {
  const all = Array.from(values);
  const type = all.every((v) => v >= 0 && v <= 65535) ? 'uint16_t' : 'int32_t';
  const lines: string[] = [];
  for (let i = 0; i < all.length; i += 16) lines.push(`  ${all.slice(i, i + 16).join(', ')},`);
  return [`static const ${type} ${name}[${all.length}] = {`, ...lines, '};'];
}

function isExported(declaration: ts.FunctionDeclaration): boolean {
  return declaration.modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** 'firmware/kernels/dense.ts' gives 'dense'. */
export function fileName(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.ts$/, '');
}

/** Of the C file; build systems may put objects of all modules into one folder. */
export function cFileName(path: string): string {
  return `kernels-${fileName(path)}`;
}
