/**
 * A golden run on a bare chip: the entry of a bundle for runBare.
 * @module
 */
import { goldenRun } from './run.js';

/** @returns the weights' length (uint32, little-endian), weights, update */
export function run(name: Uint8Array): Uint8Array {
  const { weights, update } = goldenRun(String.fromCharCode(...name), 1001);
  const out = new Uint8Array(4 + weights.length + update.length);
  new DataView(out.buffer).setUint32(0, weights.length, true);
  out.set(weights, 4);
  out.set(update, 4 + weights.length);
  return out;
}
