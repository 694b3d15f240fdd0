/**
 * Whose data folder this is. A folder continues one federation only: same task, seed, model and method.
 * Rounds, rates and the like may change from one start to the next; every plan says its own.
 * @module
 */
import type { ModelHash } from '../../shared/protocol/model.js';

export const SCHEMA_VERSION = '4';

export interface Fingerprint {
  readonly task: string;
  readonly taskSeed: number;
  readonly description: string; // the model's JSON
  readonly preset: string; // of the recipe
  readonly density: number;
  readonly power: number; // of the weights: a model's numbers mean nothing without it
  readonly windows?: string; // of a live task, as JSON
  readonly initialHash?: ModelHash; // given when the federation must have begun with this model
}

/** The entries of a fingerprint under the names that an operator reads. */
export function entriesOf(fingerprint: Fingerprint): [string, string][] {
  const { task, taskSeed, description, preset, density, power, windows, initialHash } = fingerprint;
  const entries: [string, string][] = [
    ['schema', SCHEMA_VERSION],
    ['task', task],
    ['seed', String(taskSeed)],
    ['model', description],
    ['method', preset],
    ['density', String(density)],
    ['power', String(power)],
  ];
  if (windows !== undefined) entries.push(['windows', windows]);
  if (initialHash !== undefined) entries.push(['initial model', initialHash]);
  return entries;
}

/** The folder is in order, but not for this federation. */
export class ForeignFolderError extends Error {
  override readonly name = 'ForeignFolderError';
}

/**
 * Compares a folder's entries with those expected.
 * @throws ForeignFolderError naming the folder and the first entry that differs
 */
export function checkFingerprint(
  folder: string,
  found: ReadonlyMap<string, string>,
  expected: Fingerprint,
): void {
  for (const [name, value] of entriesOf(expected)) {
    const there = found.get(name);
    if (there !== undefined && there !== value) {
      throw new ForeignFolderError(
        `data folder ${folder} of another federation: ${name} ${there}, expected ${value} or an empty folder`,
      );
    }
  }
}
