/**
 * Any source a person may name, loaded: a public set (downloaded, or from a copy), the digits, or a
 * file or folder in a known format.
 * @module
 */
import { basename, join } from 'node:path';
import { untar, unzipImages } from './archive.js';
import { CATALOGUE, type Download, type Entry } from './catalogue.js';
import { loadDataset } from './dataset.js';
import { download } from './download.js';
import { type ImageOptions, loadImages } from './images.js';
import { ACCEPTED, detect, type Kind } from './kind.js';
import type { Loaded } from './loaded.js';
import { loadSpeech, type SpeechOptions } from './speech.js';
import { loadWindows, type WindowOptions } from './windows.js';

export interface SourceOptions extends ImageOptions, WindowOptions, SpeechOptions {
  readonly from?: string; // a copy of a public set: its files' folder, or its archive
}

export interface Workplace {
  readonly folder: string; // for downloads and what is unpacked from archives
  readonly say: (line: string) => void;
}

/** How a source is read: `fld` and the three formats that are converted. */
export type SourceKind = 'fld' | 'idx' | 'csv' | 'speech';

/** @throws RangeError in one line when the source is unknown */
export function kindOf(source: string): SourceKind {
  if (source === 'digits') return 'fld';
  if (Object.hasOwn(CATALOGUE, source)) return CATALOGUE[source].kind;
  const kind = detect(source);
  if (kind === undefined) {
    const names = ['digits', ...Object.keys(CATALOGUE)].join(', ');
    throw new RangeError(`source ${source}, expected ${names}, or a path with one of: ${ACCEPTED}`);
  }
  if (kind === 'zip') return 'idx';
  return kind === 'tar' ? 'speech' : kind;
}

/** @throws RangeError in one line: what is missing or wrong, where and how */
export async function loadSource(source: string, options: SourceOptions, work: Workplace): Promise<Loaded> {
  const kind = kindOf(source);
  const entry: Entry | undefined = Object.hasOwn(CATALOGUE, source) ? CATALOGUE[source] : undefined;
  if (entry === undefined && options.from !== undefined) {
    throw new RangeError(`--from ${options.from}, expected only with ${Object.keys(CATALOGUE).join(', ')}`);
  }
  if (kind === 'fld') {
    const { train, test } = loadDataset(source);
    return { train, test, classNames: Array.from({ length: train.classes }, (_, i) => String(i)) };
  }
  if (kind === 'csv') return loadWindows(source, options);
  const path = entry === undefined ? source : (options.from ?? (await fetchAll(entry.downloads, work)));
  const set = entry === undefined ? options.set : entry.set;
  const folder = await unpacked(path, kind, set, work);
  if (kind === 'speech') return loadSpeech(folder, options);
  const loaded = loadImages(folder, { ...options, set });
  return entry?.classNames === undefined ? loaded : { ...loaded, classNames: entry.classNames };
}

/** Where the files of a set are after its download: its archive, or their folder. */
async function fetchAll(downloads: readonly Download[], { folder, say }: Workplace): Promise<string> {
  const paths: string[] = [];
  for (const file of downloads) paths.push(await download(file, folder, say));
  return paths.length === 1 ? paths[0] : folder;
}

/** The folder with a source's files, unpacked from its archive where it is one. */
async function unpacked(
  path: string,
  kind: SourceKind,
  set: string | undefined,
  { folder, say }: Workplace,
): Promise<string> {
  const given = detect(path);
  const archive: Kind = kind === 'speech' ? 'tar' : 'zip';
  if (given === kind) return path;
  if (given !== archive) {
    throw new RangeError(`${path}: ${given ?? 'not a known format'}, expected ${kind} files or a ${archive}`);
  }
  say(`unpacking ${path}`);
  const target = join(folder, `${basename(path)}.${set ?? 'files'}`);
  if (kind === 'speech') await untar(path, target);
  else unzipImages(path, target, set);
  return target;
}
