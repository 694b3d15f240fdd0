/**
 * Reads the files of a data set. Whatever goes wrong is one line that begins with the file's name.
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * What `parse` makes of a file, unpacked first when its name ends in `.gz`.
 * @throws RangeError in one line: the file and what is wrong with it
 */
export function readFrom<T>(file: string, parse: (bytes: Uint8Array) => T): T {
  return naming(file, () => {
    const bytes = readFileSync(file);
    return parse(file.endsWith('.gz') ? gunzipSync(bytes) : bytes);
  });
}

/** The path of a file in a folder, or of its packed form where only that is there. */
export function plainOrPacked(folder: string, name: string): string {
  const plain = join(folder, name);
  const packed = `${plain}.gz`;
  return !existsSync(plain) && existsSync(packed) ? packed : plain;
}

/** Names in a folder, sorted: the order must not depend on the file system. */
export function namesIn(folder: string): string[] {
  return naming(folder, () => readdirSync(folder).sort());
}

/** What `use` gives; its error gets the file's name in front. */
function naming<T>(file: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing ? 'no such file' : (error as Error).message;
    throw new RangeError(`${file}: ${reason}`, { cause: error });
  }
}
