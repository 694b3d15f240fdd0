/**
 * Speakers as clients. One who recorded little shares a device with others, so that every client
 * has enough to train on.
 * @module
 */
import { Random } from '../../shared/fixed/random.js';
import { shuffledNames } from './holdout.js';

/** Fewer clips than this and a speaker is merged with others. */
export const LEAST_CLIPS = 12;

/**
 * @param speakers of each clip
 * @returns client of each clip, 0 to n − 1: first the speakers with `least` clips or more, in the
 *   order of their names, then groups of the others, in random order, each as small as it can be
 *   with `least` clips; who is left over joins the last client
 */
export function mergeSpeakers(speakers: readonly string[], seed: number, least = LEAST_CLIPS): Uint16Array {
  const sizes = new Map<string, number>();
  for (const speaker of speakers) sizes.set(speaker, (sizes.get(speaker) ?? 0) + 1);
  const names = [...sizes.keys()].sort();
  const many = names.filter((name) => sizes.get(name)! >= least);
  const few = names.filter((name) => sizes.get(name)! < least);
  const groups = many.map((name) => [name]);
  let group: string[] = [];
  let count = 0;
  for (const name of shuffledNames(few, new Random(seed))) {
    group.push(name);
    count += sizes.get(name)!;
    if (count < least) continue;
    groups.push(group);
    group = [];
    count = 0;
  }
  if (groups.length === 0) groups.push([]);
  groups[groups.length - 1].push(...group);
  const clients = new Map(
    groups.flatMap((members, client) => members.map((name) => [name, client] as const)),
  );
  return Uint16Array.from(speakers, (name) => clients.get(name)!);
}

/** One client for each speaker, in the order of their names. */
export function eachSpeaker(speakers: readonly string[]): Uint16Array {
  const clients = new Map([...new Set(speakers)].sort().map((name, client) => [name, client]));
  return Uint16Array.from(speakers, (name) => clients.get(name)!);
}
