/**
 * The direction of imports: which folder may import which. The longest matching folder decides,
 * types count, and nothing leaves the repository.
 * @module
 */
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Modules of the Moddable SDK that the board's ports may use. */
const MODDABLE = [
  'crypt',
  'curve',
  'ecdsa',
  'ecp',
  'embedded:',
  'debug',
  'file',
  'flash',
  'instrumentation',
  'mc',
  'mdns',
  'modules',
  'net',
  'preference',
  'resetReason',
  'Resource',
  'sntp',
  'ssl',
  'time',
  'timer',
  'wifi',
];

/**
 * Folder or file (without `.ts`): what its files may import besides themselves. A target is a
 * folder or file of the repository, a package, or a scheme such as `node:`; `type ` before it allows
 * types only, `not ` takes away what a wider target gave, `package` stands for every package and
 * every `node:` module.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'shared/fixed': [],
  'shared/masks': ['shared/fixed'],
  'shared/data': ['shared/fixed'],
  'shared/model': ['shared/fixed', 'shared/masks'],
  'shared/protocol': ['shared/fixed', 'shared/masks', 'shared/model', 'typed-binary'],
  'firmware/kernels': ['shared/fixed'],
  'firmware/trainer': ['firmware/kernels', 'shared/fixed', 'shared/masks', 'shared/model'],
  'firmware/flash': ['shared/fixed', 'shared/protocol', 'firmware/ports/ports'],
  'firmware/data': ['shared/fixed', 'shared/data', 'firmware/flash', 'firmware/ports/ports'],
  'firmware/sound': ['firmware/kernels', 'shared/fixed'],
  'firmware/federation': ['firmware/trainer', 'firmware/data', 'firmware/ports/ports', 'shared'],
  'firmware/update': [
    'firmware/federation',
    'firmware/flash',
    'firmware/ports/ports',
    'shared/fixed',
    'shared/protocol',
  ],
  'firmware/console': ['firmware/ports/ports', 'shared/fixed', 'shared/protocol'],
  'firmware/discovery': ['firmware/ports/ports', 'shared/fixed', 'shared/protocol'],
  'firmware/tls': ['firmware/ports/ports', 'firmware/update/scalar', 'shared/fixed', 'shared/protocol'],
  'firmware/main': ['firmware', 'not firmware/ports/moddable', 'shared'],
  'firmware/ports/ports': [],
  'firmware/ports/moddable': [
    'firmware/main',
    'firmware/console',
    'firmware/data',
    'firmware/discovery',
    'firmware/federation/backoff',
    'firmware/federation/energy',
    'firmware/federation/guard',
    'firmware/federation/selfcheck',
    'firmware/federation/settings',
    'firmware/flash',
    'firmware/ports/ports',
    'firmware/sound',
    'firmware/tls',
    'shared/fixed/frozen',
    'shared/protocol/firmware',
    'shared/protocol/service',
    ...MODDABLE,
  ],
  'broker/aggregation': ['shared'],
  'broker/evaluation': ['firmware/kernels', 'firmware/trainer', 'shared'],
  'broker/rounds': ['broker/aggregation', 'broker/evaluation', 'shared'],
  'broker/storage': ['type broker/rounds', 'shared', 'node:', 'libsql'],
  'broker/mqtt': ['broker/rounds', 'shared/protocol', 'aedes', 'node:'],
  'broker/http': ['broker/rounds', 'broker/storage', 'node:'],
  'broker/discovery': ['broker/rounds', 'broker/storage', 'bonjour-service', 'node:'],
  'broker/main': ['broker', 'shared', 'node:', 'commander'],
  'broker/cli': ['broker', 'shared', 'node:', 'commander'],
  tools: ['broker', 'firmware', 'shared', 'package'],
  test: ['broker', 'firmware', 'shared', 'tools', 'package'],
};

interface Import {
  readonly name: string; // as written, './frame.js'; '' when it is not a plain string
  readonly isType: boolean;
}

/** The row of the table that decides for a file such as `shared/fixed/random.ts`, if there is one. */
export function rowOf(file: string): string | undefined {
  const place = withoutEnding(file);
  return Object.keys(MAY_IMPORT)
    .filter((row) => isWithin(place, row))
    .sort((a, b) => b.length - a.length)[0];
}

/** What a file imports against the table, a line each: `file may not import target`. */
export function violations(file: string, source: string): string[] {
  const row = rowOf(file);
  if (row === undefined) return [`${file} lies in no folder of the import table`];
  return importsOf(file, source).flatMap(({ name, isType }) => {
    if (name === '') return [`${file} imports a name that is not a plain string`];
    const target = name.startsWith('.') ? withoutEnding(join(dirname(file), name)) : name;
    return isAllowed(row, target, isType) ? [] : [`${file} may not import ${target}`];
  });
}

function isAllowed(row: string, target: string, isType: boolean): boolean {
  let allowed = isWithin(target, row);
  for (const entry of MAY_IMPORT[row]) {
    if (entry.startsWith('not ')) {
      if (isWithin(target, entry.slice(4))) return false;
    } else if (entry.startsWith('type ')) {
      allowed ||= isType && isWithin(target, entry.slice(5));
    } else if (entry === 'package') {
      allowed ||= !isInside(target);
    } else {
      allowed ||= isWithin(target, entry);
    }
  }
  return allowed;
}

/** Whether a target lies in this repository, or in its neighbourhood on the disk. */
function isInside(target: string): boolean {
  return (
    target.startsWith('..') ||
    target.startsWith('/') ||
    /^(broker|firmware|shared|test|tools)(\/|$)/.test(target)
  );
}

function isWithin(place: string, folder: string): boolean {
  return place === folder || place.startsWith(folder.endsWith(':') ? folder : `${folder}/`);
}

function withoutEnding(path: string): string {
  return path.replace(/\.(js|ts)$/, '');
}

/** Every import of a file: static, `export … from`, dynamic, of types, and by a reference comment. */
function importsOf(file: string, text: string): Import[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const found: Import[] = source.typeReferenceDirectives
    .concat(source.referencedFiles)
    .map(({ fileName }) => ({ name: fileName, isType: true }));
  const add = (name: ts.Node | undefined, isType: boolean) =>
    found.push({ name: name !== undefined && ts.isStringLiteralLike(name) ? name.text : '', isType });
  visit(source);
  return found;

  function visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, isTypeImport(node.importClause));
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      add(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node)) {
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  }
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  return clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}
