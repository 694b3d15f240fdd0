/**
 * Hashes of a board's examples: of the set, whatever its order, and of the order itself, so that one can
 * tell which of the two has changed.
 * @module
 */
import { createHash } from 'node:crypto';
import type { Examples } from '../../firmware/ports/ports.js';

export interface ExamplesDigest {
  readonly count: number;
  readonly data: string; // SHA-256 over the examples' own hashes, sorted
  readonly order: string; // SHA-256 over them as they lie on the board
}

export function digestOf(examples: Examples): ExamplesDigest {
  const { count, features, signed, classes } = examples;
  const bytes = new Uint8Array(features + 1);
  const kind = `${features} ${signed} ${classes}`;
  const hashes = Array.from({ length: count }, (_, i) => {
    bytes[features] = examples.read(i, bytes.subarray(0, features));
    return createHash('sha256').update(bytes).digest('hex');
  });
  const order = sha256([kind, ...hashes].join('\n'));
  return { count, data: sha256([kind, ...hashes.sort()].join('\n')), order };
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
