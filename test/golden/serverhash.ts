/**
 * Hashes of a golden run of the server.
 */
import { createHash } from 'node:crypto';

export interface ServerHashes {
  readonly model: string; // SHA-256 in hex
  readonly state: string;
  readonly rounds: string; // of the model's CRC-32 after each round
}

export function serverHashesOf(result: {
  readonly model: Uint8Array;
  readonly state: Uint8Array;
  readonly crcs: Uint8Array | Uint32Array;
}): ServerHashes {
  return { model: sha256(result.model), state: sha256(result.state), rounds: sha256(result.crcs) };
}

function sha256(bytes: Uint8Array | Uint32Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
