/**
 * Random sets of positions for the tests of masks, ascending.
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

/** About density · n places in runs of about `run`, as a chain of two states gives them. */
export function runPositions(n: number, density: number, run: number, random: Random): Uint32Array {
  const leave = 65536 / run;
  const enter = (leave * density) / (1 - density);
  const out: number[] = [];
  let isIn = random.below(65536) < 65536 * density;
  for (let i = 0; i < n; i++) {
    if (isIn) out.push(i);
    if (random.below(65536) < (isIn ? leave : enter)) isIn = !isIn;
  }
  return Uint32Array.from(out);
}

/** About density · n places, most of them in some columns and some rows. */
export function crossedPositions(n: number, columns: number, density: number, random: Random): Uint32Array {
  const shares = (count: number) => {
    const all = Array.from({ length: count }, () => (random.below(1000) / 1000) ** 4);
    const mean = all.reduce((sum, share) => sum + share, 0) / count;
    return all.map((share) => share / mean);
  };
  const byColumn = shares(columns);
  const byRow = shares(n / columns);
  return Uint32Array.from({ length: n }, (_, i) => i).filter((i) => {
    const share = byColumn[i % columns] * byRow[Math.floor(i / columns)];
    return random.below(65536) < 65536 * Math.min(1, density * share);
  });
}
