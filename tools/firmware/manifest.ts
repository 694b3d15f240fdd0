/**
 * The two manifests of the firmware: the root's, whose kernels are byte code, and the one that puts the same
 * kernels in C in their place.
 * @module
 */
import { join } from 'node:path';
import { generateKernels } from '../kernels-to-c/generate.js';

export interface FirmwareManifest {
  readonly path: string;
  readonly name: string; // of what is built, as in the manifest
}

const ROOT = join(import.meta.dirname, '../..');

/** Where the kernels in C are written. */
export const KERNELS = join(ROOT, 'build/kernels');

export const BYTE_CODE: FirmwareManifest = { path: join(ROOT, 'manifest.json'), name: 'sparrow' };

/** Writes the kernels in C as they are now, so that they are never stale. */
export function nativeManifest(): FirmwareManifest {
  generateKernels(KERNELS);
  return { path: join(ROOT, 'firmware/ports/moddable/manifests/kernels.json'), name: 'sparrow-native' };
}
