/**
 * Compiles C files into objects that are kept, for hosts of the XS engine on any machine.
 * @module
 */
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');

/** Our own C, the sources of XS that the package @agoric/xsnap brings, and what is built of both. */
export const HOST = join(import.meta.dirname, 'host');
export const XS = join(ROOT, 'node_modules/@agoric/xsnap/moddable/xs');
export const CACHE = join(ROOT, '.cache/xs');

/** Objects of the sources, in `folder`. Those that are there, perhaps by another process, are kept. */
export async function compileAll(
  compiler: string,
  sources: readonly string[],
  flags: readonly string[],
  folder: string,
): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const objects = sources.map((source) => join(folder, `${hashOf([source], [])}.o`));
  // two processes that build at once begin at different places and share the work
  const first = process.pid % sources.length;
  const queue = sources.map((_, i) => (first + i) % sources.length).values();
  const worker = async () => {
    for (const i of queue) {
      if (existsSync(objects[i])) continue;
      const temporary = `${objects[i]}-${randomUUID()}`;
      await compile(compiler, [...flags, '-c', sources[i], '-o', temporary]);
      renameSync(temporary, objects[i]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return objects;
}

/** @throws Error with what the compiler said */
export async function compile(compiler: string, args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(compiler, args);
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new Error(`the XS host was not built: ${stderr === '' ? message : stderr.slice(0, 4000)}`);
  }
}

/** C files of a folder, in order. */
export function sourcesIn(folder: string): string[] {
  return filesIn(folder, '.c');
}

export function headersIn(folder: string): string[] {
  return filesIn(folder, '.h');
}

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}

/** Sixteen hex digits, of the texts and of what the files hold. */
export function hashOf(texts: readonly string[], files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\n`);
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
