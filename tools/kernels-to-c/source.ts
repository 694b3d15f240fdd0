/**
 * Modules of the project as the translator sees them: top-level functions, constants, type aliases and
 * where imported names come from. It reads syntax only and translates nothing.
 * @module
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { SubsetError } from './rule.js';

export interface SourceModule {
  readonly path: string; // from the root, 'firmware/kernels/dense.ts'
  readonly file: ts.SourceFile;
  readonly functions: ReadonlyMap<string, ts.FunctionDeclaration>;
  readonly constants: ReadonlyMap<string, ts.VariableDeclaration>;
  readonly aliases: ReadonlyMap<string, ts.TypeNode>;
  readonly imports: ReadonlyMap<string, ImportedName>;
}

interface ImportedName {
  readonly path: string;
  readonly name: string;
}

/** A top-level thing and the module that declares it. */
export interface Found<T> {
  readonly module: SourceModule;
  readonly name: string;
  readonly value: T;
}

/** Modules by path, each read once. */
export class SourceModules {
  readonly #root: string;
  readonly #modules = new Map<string, SourceModule>();

  constructor(root: string) {
    this.#root = root;
  }

  /** @param path from the root, ending in `.ts` */
  module(path: string): SourceModule {
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    const module = readModule(path, readFileSync(join(this.#root, path), 'utf8'));
    this.#modules.set(path, module);
    return module;
  }

  findFunction(module: SourceModule, name: string): Found<ts.FunctionDeclaration> | undefined {
    return this.#find(module, name, (m, n) => m.functions.get(n));
  }

  findConstant(module: SourceModule, name: string): Found<ts.VariableDeclaration> | undefined {
    return this.#find(module, name, (m, n) => m.constants.get(n));
  }

  findAlias(module: SourceModule, name: string): Found<ts.TypeNode> | undefined {
    return this.#find(module, name, (m, n) => m.aliases.get(n));
  }

  #find<T>(
    module: SourceModule,
    name: string,
    get: (module: SourceModule, name: string) => T | undefined,
  ): Found<T> | undefined {
    const value = get(module, name);
    if (value !== undefined) return { module, name, value };
    const imported = module.imports.get(name);
    return imported && this.#find(this.module(imported.path), imported.name, get);
  }
}

export function readModule(path: string, text: string): SourceModule {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const functions = new Map<string, ts.FunctionDeclaration>();
  const constants = new Map<string, ts.VariableDeclaration>();
  const aliases = new Map<string, ts.TypeNode>();
  const imports = new Map<string, ImportedName>();
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name) {
      functions.set(statement.name.text, statement);
    } else if (ts.isVariableStatement(statement)) {
      for (const declaration of statement.declarationList.declarations) {
        if (ts.isIdentifier(declaration.name)) constants.set(declaration.name.text, declaration);
      }
    } else if (ts.isTypeAliasDeclaration(statement)) {
      aliases.set(statement.name.text, statement.type);
    } else if (ts.isImportDeclaration(statement)) {
      for (const [local, imported] of namesOf(statement, path)) imports.set(local, imported);
    }
  }
  return { path, file, functions, constants, aliases, imports };
}

function namesOf(statement: ts.ImportDeclaration, path: string): [string, ImportedName][] {
  const { importClause, moduleSpecifier } = statement;
  const bindings = importClause?.namedBindings;
  if (!ts.isStringLiteral(moduleSpecifier) || !bindings || !ts.isNamedImports(bindings)) {
    throw new SubsetError(statement, 'a kernel imports by name');
  }
  const from = join(dirname(path), moduleSpecifier.text.replace(/\.js$/, '.ts'));
  return bindings.elements.map((element) => [
    element.name.text,
    { path: from, name: (element.propertyName ?? element.name).text },
  ]);
}

/** The comment block of the module: the first that says @module. */
export function moduleComment({ file }: SourceModule): string {
  const comments = ts.getLeadingCommentRanges(file.text, 0) ?? [];
  const found = comments.map(({ pos, end }) => file.text.slice(pos, end)).find((c) => c.includes('@module'));
  return (found ?? '').replace(/\n \* @module/, '');
}

/** The block in front of a declaration, as it stands. */
export function docComment(node: ts.Node): string {
  const text = node.getSourceFile().text;
  const ranges = ts.getLeadingCommentRanges(text, node.pos) ?? [];
  const last = ranges.at(-1);
  const comment = last === undefined ? '' : text.slice(last.pos, last.end);
  return comment.startsWith('/**') && !comment.includes('@module') ? comment : '';
}
