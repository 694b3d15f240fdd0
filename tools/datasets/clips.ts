/**
 * The clips of a Speech Commands folder: which are there, what they say, who speaks, and which part
 * they belong to. It opens the two lists, no wav file.
 *
 * Two layouts are known. The archive: a folder for each of 35 words, `testing_list.txt`,
 * `validation_list.txt` and `_background_noise_`. The official test set: a folder for each of 12
 * classes, `_unknown_` and `_silence_` among them, and no lists.
 * Source: Warden 2018, "Speech Commands", arXiv 1804.03209.
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn, readFrom } from './file.js';

/** The ten words, in the order of their labels after `_silence_` and `_unknown_`. */
export const WORDS = ['down', 'go', 'left', 'no', 'off', 'on', 'right', 'stop', 'up', 'yes'] as const;
export const CLASS_NAMES = ['_silence_', '_unknown_', ...WORDS] as const;

export const SILENCE = 0;
export const UNKNOWN = 1;
export const NOISE_FOLDER = '_background_noise_';

export type Part = 'train' | 'validation' | 'test';

export interface Clip {
  readonly file: string; // in the folder, `yes/0a7c2a8d_nohash_0.wav`
  readonly label: number; // of CLASS_NAMES
  readonly speaker?: string; // 8 hex digits; silence has none
  readonly part?: Part; // by the lists; nowhere without them
}

const SPEAKER = /([0-9a-f]{8})_nohash_\d+\.wav(?:\.wav)?$/; // the official test set doubles the ending

/** Whether this looks like Speech Commands, to tell what a folder is. */
export function isSpeechFolder(folder: string): boolean {
  return WORDS.some((word) => isFolder(join(folder, word)));
}

/**
 * @returns clips in the order of their files' names
 * @throws RangeError in one line: the word folder that is missing, the file whose name is wrong, the
 *   list and line with a clip that is not there
 */
export function listClips(folder: string): Clip[] {
  const missing = WORDS.filter((word) => !isFolder(join(folder, word)));
  if (missing.length > 0) {
    throw new RangeError(
      `${folder}: no folder ${missing.join(', ')}, expected those of Speech Commands: ${WORDS.join(', ')}`,
    );
  }
  const words = namesIn(folder).filter((name) => name !== NOISE_FOLDER && isFolder(join(folder, name)));
  const files = words.flatMap((word) =>
    namesIn(join(folder, word))
      .filter((name) => name.endsWith('.wav'))
      .map((name) => `${word}/${name}`),
  );
  const parts = partsOf(folder, new Set(files));
  return files.map((file) => {
    const word = file.slice(0, file.indexOf('/'));
    const label = (CLASS_NAMES as readonly string[]).indexOf(word);
    const part = parts === undefined ? undefined : (parts.get(file) ?? 'train');
    if (label === SILENCE) return { file, label, part };
    const speaker = SPEAKER.exec(file)?.[1];
    if (speaker === undefined) {
      throw new RangeError(`${join(folder, file)}: file name, expected <8 hex digits>_nohash_<number>.wav`);
    }
    return { file, label: label < 0 ? UNKNOWN : label, speaker, part };
  });
}

/** The part of each clip that a list names, or undefined for the official test set. */
function partsOf(folder: string, files: ReadonlySet<string>): Map<string, Part> | undefined {
  const lists = [
    ['validation', join(folder, 'validation_list.txt')],
    ['test', join(folder, 'testing_list.txt')],
  ] as const;
  const isTestSet = isFolder(join(folder, CLASS_NAMES[UNKNOWN]));
  if (isTestSet && lists.every(([, list]) => !existsSync(list))) return undefined;
  const parts = new Map<string, Part>();
  for (const [part, list] of lists) {
    const lines = readFrom(list, (bytes) => new TextDecoder().decode(bytes)).split(/\r?\n/);
    lines.forEach((line, i) => {
      if (line === '') return;
      if (!files.has(line))
        throw new RangeError(`${list}: line ${i + 1}: "${line}", expected a file of ${folder}`);
      if (parts.has(line))
        throw new RangeError(`${list}: line ${i + 1}: "${line}", expected in one list, once`);
      parts.set(line, part);
    });
  }
  return parts;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
