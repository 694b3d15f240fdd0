/**
 * Unpacks what data sets are packed in: idx files of a zip, everything of a tar. Zip and tar are the
 * libraries' work (fflate, tar). A folder with its final name is whole: it is renamed at the end.
 * @module
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { unzipSync } from 'fflate';
import { extract } from 'tar';
import { readFrom } from './file.js';
import { isImageFile } from './images.js';

/**
 * The image sets of a zip, without the folders they lie in there.
 * @param set of the files, as `emnist-letters`; all of them when left out
 * @throws RangeError in one line
 */
export function unzipImages(archive: string, folder: string, set?: string): void {
  const wanted = (path: string) => {
    const name = basename(path);
    return isImageFile(name) && (set === undefined || name.startsWith(`${set}-`));
  };
  const files = readFrom(archive, (bytes) => unzipSync(bytes, { filter: ({ name }) => wanted(name) }));
  if (Object.keys(files).length === 0) {
    throw new RangeError(`${archive}: no idx files${set === undefined ? '' : ` of ${set}`}, expected 4`);
  }
  const part = freshFolder(`${folder}.part`);
  for (const [path, bytes] of Object.entries(files)) writeFileSync(join(part, basename(path)), bytes);
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
}

/** Everything of a tar, packed or not; nothing when the folder is there. @throws RangeError in one line */
export async function untar(archive: string, folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const part = freshFolder(`${folder}.part`);
  try {
    await extract({ file: archive, cwd: part, strict: true });
  } catch (error) {
    throw new RangeError(`${archive}: ${(error as Error).message}`, { cause: error });
  }
  renameSync(part, folder);
}

function freshFolder(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
