/**
 * Which modules the manifest builds in, and which ones the firmware's entries need. A module that the
 * manifest forgets is not missed before the board starts; one that is not preloaded fills its RAM.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

export const MANIFESTS = [
  'manifest.json',
  'firmware/ports/moddable/manifest.json',
  'firmware/ports/moddable/esp32/manifest.json',
] as const;
export const PRELOAD = 'firmware/ports/moddable/manifests/preload.json';
export const ENTRIES = ['firmware/ports/moddable/esp32/main', 'firmware/ports/moddable/lin/main'] as const;

interface Manifest {
  readonly modules?: Readonly<Record<string, string>>;
  readonly platforms?: Readonly<Record<string, { readonly modules?: Readonly<Record<string, string>> }>>;
}

/**
 * The modules of our own manifests, sorted; packages among them.
 * @throws RangeError when a module's name is not its path: its relative imports would fail on the board
 */
export function builtModules(root: string): string[] {
  const found = new Set<string>();
  for (const path of MANIFESTS) {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
    const groups = [manifest.modules, ...Object.values(manifest.platforms ?? {}).map((p) => p.modules)];
    for (const [name, source] of groups.flatMap((modules) => Object.entries(modules ?? {}))) {
      const place = join(dirname(path), source);
      if (!place.startsWith('node_modules/') && place !== name) {
        throw new RangeError(`${path}: module ${name} is ${place}, expected the same name`);
      }
      for (const each of name.endsWith('/*') ? modulesIn(root, name.slice(0, -2)) : [name]) found.add(each);
    }
  }
  return [...found].sort();
}

/**
 * The same, in the order for preloading: what others import comes first, so that the linker names a
 * warning by the module that it is about.
 */
export function preloadOrder(root: string): string[] {
  const rank = (name: string) => ['shared/', 'firmware/'].findIndex((top) => name.startsWith(top));
  return builtModules(root).sort((a, b) => rank(a) - rank(b));
}

/** The modules of ours that the entries import, directly or not; types do not count. */
export function neededModules(root: string, entries: readonly string[] = ENTRIES): string[] {
  const found = new Set<string>();
  const visit = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    if (!name.includes('/')) return; // a package
    for (const imported of importsOf(readFileSync(join(root, `${name}.ts`), 'utf8'))) {
      if (imported.startsWith('.')) visit(join(dirname(name), imported).replace(/\.js$/, ''));
      else if (imported === 'typed-binary') visit(imported);
    }
  };
  for (const entry of entries) visit(entry);
  return [...found].sort();
}

function modulesIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => `${folder}/${file.slice(0, -3)}`);
}

/** What is left of a file's imports when the types are gone. */
function importsOf(text: string): string[] {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
      module: ts.ModuleKind.ES2022,
    },
  });
  return ts.preProcessFile(outputText).importedFiles.map(({ fileName }) => fileName);
}
