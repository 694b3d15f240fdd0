/**
 * A set of positions as its change from a reference: a set that both sides know, such as the base
 * model's own top-k, which hardly moves in one round.
 *
 * Dropped are the members of the reference that the set lacks, as places among the members; added are
 * the others, as places among the non-members. Bytes: k of dropped, k of added, dropped count (uint32,
 * little-endian), then the Rice gaps of dropped and of added in one stream. How many were added follows
 * from the counts.
 * @module
 */
import { bitmapBytes } from './bitmap.js';
import { MaskError } from './error.js';
import { MERGE, MERGE_ADDED, MERGE_DROPPED, mergeChange } from './merge.js';
import type { Pace } from './pace.js';
import { bestGaps, expectEnd, type GapList, readGaps, readRice, writeGapList } from './rice.js';

const HEAD = 6;

/** Work per position or member, see work.ts. */
const MERGE_MACS = 3;

export interface Change {
  readonly dropped: GapList; // places among the reference's members
  readonly added: GapList; // places among the others
}

/**
 * Yields work.
 * @param reference ascending
 * @param positions ascending
 */
export function* changeFrom(
  reference: Uint32Array,
  positions: Uint32Array,
  pace: Pace,
): Generator<number, Change> {
  const count = positions.length;
  const members = reference.length;
  const dropped = new Uint32Array(members);
  const added = new Uint32Array(count);
  const merge = new Int32Array(MERGE);
  const piece = pace.elements(MERGE_MACS);
  for (let from = 0; from < count + members; from += piece) {
    const to = Math.min(count + members, from + piece);
    mergeChange(dropped, added, merge, reference, members, positions, count, to);
    if (pace.isDue((to - from) * MERGE_MACS)) yield pace.take();
  }
  return {
    dropped: yield* bestGaps(dropped.subarray(0, merge[MERGE_DROPPED]), pace),
    added: yield* bestGaps(added.subarray(0, merge[MERGE_ADDED]), pace),
  };
}

export function changeBytes({ dropped, added }: Change): number {
  return HEAD + bitmapBytes(dropped.bits + added.bits);
}

/** Yields work. @param out all zero, changeBytes(change) long */
export function* writeChange(
  out: Uint8Array,
  { dropped, added }: Change,
  pace: Pace,
): Generator<number, void> {
  out[0] = dropped.k;
  out[1] = added.k;
  for (let i = 0; i < 4; i++) out[2 + i] = dropped.places.length >>> (8 * i);
  yield* writeGapList(out, 8 * HEAD, dropped, pace);
  yield* writeGapList(out, 8 * HEAD + dropped.bits, added, pace);
}

export function readChange(
  bytes: Uint8Array,
  n: number,
  count: number,
  reference: Uint32Array | undefined,
): Uint32Array {
  if (reference === undefined) throw new MaskError('positions coded against a reference, expected none');
  if (bytes.length < HEAD) throw new MaskError(`${bytes.length} change bytes, expected at least ${HEAD}`);
  const members = reference.length;
  const droppedK = readRice(bytes[0]);
  const addedK = readRice(bytes[1]);
  const drops = (bytes[2] | (bytes[3] << 8) | (bytes[4] << 16) | (bytes[5] << 24)) >>> 0;
  const adds = count - members + drops;
  if (drops > members || adds < 0 || adds > n - members) {
    throw new MaskError(
      `${drops} of ${members} members dropped, expected ${count} positions of ${n} to stay`,
    );
  }
  const dropped = new Uint32Array(drops);
  const added = new Uint32Array(adds);
  const middle = readGaps(dropped, bytes, 8 * HEAD, droppedK, members);
  expectEnd(bytes, readGaps(added, bytes, middle, addedK, n - members));
  return applyChange(reference, dropped, added);
}

/** The reference without its dropped members, merged with the added positions. */
function applyChange(reference: Uint32Array, dropped: Uint32Array, added: Uint32Array): Uint32Array {
  const members = reference.length;
  const drops = dropped.length;
  const adds = added.length;
  const out = new Uint32Array(members - drops + adds);
  let to = 0;
  let r = 0;
  let d = 0;
  let drop = drops > 0 ? dropped[0] : members; // the next member to be left out
  for (let a = 0; a <= adds; a++) {
    const place = a < adds ? added[a] : Number.POSITIVE_INFINITY;
    // members below the next added position: those with no more non-members below them than its place
    for (; r < members; r++) {
      const member = reference[r];
      if (member - r > place) break;
      if (r !== drop) out[to++] = member;
      else drop = ++d < drops ? dropped[d] : members;
    }
    if (a < adds) out[to++] = place + r;
  }
  return out;
}
