/**
 * Tells which format a file or folder holds, by its names. It opens nothing.
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { isSpeechFolder } from './clips.js';
import { namesIn } from './file.js';
import { isImageFile } from './images.js';

export type Kind = 'fld' | 'idx' | 'csv' | 'speech' | 'zip' | 'tar';

/** What `detect` knows, for errors. */
export const ACCEPTED =
  'train.fld and test.fld; idx files (train-images-idx3-ubyte, …, plain or .gz); train.csv and test.csv or one .csv file; a Speech Commands folder; EMNIST .zip; Speech Commands .tar.gz';

const BY_ENDING: readonly (readonly [RegExp, Kind])[] = [
  [/\.csv(\.gz)?$/, 'csv'],
  [/\.zip$/, 'zip'],
  [/\.(tar\.gz|tgz|tar)$/, 'tar'],
];

/** @returns undefined for what is not there or is none of these */
export function detect(path: string): Kind | undefined {
  if (!existsSync(path)) return undefined;
  if (!statSync(path).isDirectory()) return BY_ENDING.find(([ending]) => ending.test(path))?.[1];
  const names = namesIn(path);
  if (names.some((name) => /^train\.fld(\.gz)?$/.test(name))) return 'fld';
  if (names.some(isImageFile)) return 'idx';
  if (names.some((name) => /^train\.csv(\.gz)?$/.test(name))) return 'csv';
  return isSpeechFolder(path) ? 'speech' : undefined;
}
