/**
 * The model hash, made by the server alone and echoed by boards.
 * @module
 */
import { createHash } from 'node:crypto';
import type { ModelHash } from '../../shared/protocol/model.js';

const HASH_BYTES = 8;

export function hashFrame(frame: Uint8Array): ModelHash {
  return createHash('sha256').update(frame).digest().subarray(0, HASH_BYTES).toString('hex');
}
