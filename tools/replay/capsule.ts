/**
 * A capsule: all that one update was made from, by hash, so that anybody can make it again. Text in JSON;
 * model and examples lie beside it in a store, under their hashes, once for all capsules that use them.
 * @module
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SELF_TEST } from '../../firmware/federation/selftest.js';
import { FIRMWARE_VERSION } from '../../firmware/federation/settings.js';
import { NUMERICS_VERSION } from '../../shared/fixed/rounding.js';
import type { ExamplesDigest } from './digest.js';

export interface Capsule {
  readonly capsule: typeof CAPSULE_VERSION;
  readonly device: string;
  readonly round: number;
  readonly attempt: number;
  readonly firmware: number; // FIRMWARE_VERSION of whoever wrote it
  readonly kernels: number; // checksum of its selftest: what its kernels compute
  readonly numerics: number; // NUMERICS_VERSION
  readonly seed: number; // of everything random in the round
  readonly model: string; // SHA-256 of the frame of the base model, in the store
  readonly plan: string; // its frame, base64
  readonly examples: ExamplesDigest; // in the store under `examples.order`
  readonly update: string; // SHA-256 of its frame
  readonly frame: string; // that frame, base64
}

export const CAPSULE_VERSION = 1;

/** What a capsule says of the program that runs here. */
export const HERE = {
  capsule: CAPSULE_VERSION,
  firmware: FIRMWARE_VERSION,
  kernels: SELF_TEST.checksum,
  numerics: NUMERICS_VERSION,
} as const;

/** Path of a capsule in a folder. */
export function capsulePath(folder: string, { device, round, attempt }: Capsule): string {
  return join(folder, `${device}-${round}-${attempt}.capsule`);
}

export function storedModel(folder: string, { model }: Pick<Capsule, 'model'>): string {
  return join(folder, 'store', `${model}.model`);
}

export function storedExamples(folder: string, { examples }: Pick<Capsule, 'examples'>): string {
  return join(folder, 'store', `${examples.order}.fld`);
}

export function writeCapsule(folder: string, capsule: Capsule): void {
  write(capsulePath(folder, capsule), `${JSON.stringify(capsule, undefined, 2)}\n`);
}

export function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** @throws RangeError when it is not a capsule of this version */
export function readCapsule(path: string): Capsule {
  let capsule: Partial<Capsule>;
  try {
    capsule = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new RangeError(`capsule ${path}: ${(error as Error).message}`);
  }
  for (const [name, type] of Object.entries(FIELDS)) {
    const value = capsule[name as keyof Capsule];
    if (typeof value !== type) throw new RangeError(`capsule ${path}: ${name} ${value}, expected a ${type}`);
  }
  if (capsule.capsule !== CAPSULE_VERSION) {
    throw new RangeError(`capsule ${path}: version ${capsule.capsule}, expected ${CAPSULE_VERSION}`);
  }
  return capsule as Capsule;
}

const FIELDS: Readonly<Record<keyof Capsule, string>> = {
  capsule: 'number',
  device: 'string',
  round: 'number',
  attempt: 'number',
  firmware: 'number',
  kernels: 'number',
  numerics: 'number',
  seed: 'number',
  model: 'string',
  plan: 'string',
  examples: 'object',
  update: 'string',
  frame: 'string',
};
