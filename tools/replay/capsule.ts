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
import { isDeviceName } from '../../shared/protocol/device.js';
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

/** @throws RangeError in one line when it is not a capsule of this version */
export function readCapsule(path: string): Capsule {
  let capsule: unknown;
  try {
    capsule = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : 'no JSON';
    throw new RangeError(`capsule ${path}: ${reason}, expected a capsule`);
  }
  const expect = (value: unknown, name: string, kind: Kind) => {
    if (KINDS[kind](value)) return;
    throw new RangeError(`capsule ${path}: ${name} ${shown(value)}, expected ${kind}`);
  };
  expect(capsule, 'content', 'an object');
  const fields = capsule as Record<string, unknown>;
  expect(fields.capsule, 'version', 'a number');
  if (fields.capsule !== CAPSULE_VERSION) {
    throw new RangeError(`capsule ${path}: version ${fields.capsule}, expected ${CAPSULE_VERSION}`);
  }
  for (const [name, kind] of Object.entries(FIELDS)) expect(fields[name], name, kind);
  const examples = fields.examples as Record<string, unknown>;
  for (const [name, kind] of Object.entries(DIGEST)) expect(examples[name], `examples.${name}`, kind);
  return capsule as Capsule;
}

type Kind = 'a number' | 'a device' | 'a hash' | 'base64' | 'an object';

const KINDS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  'a number': (value) => Number.isInteger(value) && (value as number) >= 0,
  'a device': (value) => typeof value === 'string' && isDeviceName(value),
  'a hash': (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value), // it becomes a path
  base64: (value) => typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value),
  'an object': (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

const FIELDS: Readonly<Record<keyof Capsule, Kind>> = {
  capsule: 'a number',
  device: 'a device',
  round: 'a number',
  attempt: 'a number',
  firmware: 'a number',
  kernels: 'a number',
  numerics: 'a number',
  seed: 'a number',
  model: 'a hash',
  plan: 'base64',
  examples: 'an object',
  update: 'a hash',
  frame: 'base64',
};

const DIGEST: Readonly<Record<keyof ExamplesDigest, Kind>> = {
  count: 'a number',
  data: 'a hash',
  order: 'a hash',
};

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'none').slice(0, 40);
}
