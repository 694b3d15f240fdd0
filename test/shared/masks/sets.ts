/**
 * Random sets of positions for the tests of masks.
 * @module
 */
import type { Random } from '../../../shared/fixed/random.js';

/** Exactly `count` of 0 to n - 1, ascending, every set equally likely. */
export function randomPositions(n: number, count: number, random: Random): Uint32Array {
  const out = new Uint32Array(count);
  let to = 0;
  for (let i = 0; i < n && to < count; i++) {
    if (random.below(n - i) < count - to) out[to++] = i;
  }
  return out;
}

/** The set with `moved` of its members exchanged for others; `moved` ≤ both sizes. */
export function movedPositions(set: Uint32Array, n: number, moved: number, random: Random): Uint32Array {
  const isMember = new Uint8Array(n);
  for (const position of set) isMember[position] = 1;
  const others = Uint32Array.from({ length: n }, (_, i) => i).filter((i) => isMember[i] === 0);
  for (const i of randomPositions(set.length, moved, random)) isMember[set[i]] = 0;
  for (const i of randomPositions(others.length, moved, random)) isMember[others[i]] = 1;
  return Uint32Array.from({ length: n }, (_, i) => i).filter((i) => isMember[i] === 1);
}
