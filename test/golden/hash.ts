/**
 * Hashes of a golden run.
 */
import { createHash } from 'node:crypto';
import type { GoldenResult } from './run.js';

export interface GoldenHashes {
  readonly weights: string; // SHA-256 in hex
  readonly update: string;
}

export function hashesOf({ weights, update }: Pick<GoldenResult, 'weights' | 'update'>): GoldenHashes {
  return { weights: sha256(weights), update: sha256(update) };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
