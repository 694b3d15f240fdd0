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
import { bestRice, expectEnd, gapBits, readGaps, readRice, writeGaps } from './rice.js';

const HEAD = 6;

export interface Change {
  readonly dropped: Uint32Array; // places among the reference's members
  readonly droppedK: number;
  readonly added: Uint32Array; // places among the others
  readonly addedK: number;
}

export function changeFrom(reference: Uint32Array, positions: Uint32Array): Change {
  const dropped = new Uint32Array(reference.length);
  const added = new Uint32Array(positions.length);
  let drops = 0;
  let adds = 0;
  let r = 0;
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i];
    while (r < reference.length && reference[r] < position) dropped[drops++] = r++;
    if (r < reference.length && reference[r] === position) r++;
    else added[adds++] = position - r; // r members lie below it
  }
  while (r < reference.length) dropped[drops++] = r++;
  return {
    dropped: dropped.subarray(0, drops),
    droppedK: bestRice(dropped.subarray(0, drops)),
    added: added.subarray(0, adds),
    addedK: bestRice(added.subarray(0, adds)),
  };
}

export function changeBytes({ dropped, droppedK, added, addedK }: Change): number {
  return HEAD + bitmapBytes(gapBits(dropped, droppedK) + gapBits(added, addedK));
}

export function writeChange(out: Uint8Array, { dropped, droppedK, added, addedK }: Change): void {
  out[0] = droppedK;
  out[1] = addedK;
  for (let i = 0; i < 4; i++) out[2 + i] = dropped.length >>> (8 * i);
  const end = writeGaps(out, 8 * HEAD, dropped, droppedK);
  writeGaps(out, end, added, addedK);
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
  const out = new Uint32Array(members - dropped.length + added.length);
  let to = 0;
  let r = 0;
  let d = 0;
  for (let a = 0; a <= added.length; a++) {
    // members below the next added position: those with fewer non-members below them than its place
    for (; r < members && (a === added.length || reference[r] - r <= added[a]); r++) {
      if (d < dropped.length && dropped[d] === r) d++;
      else out[to++] = reference[r];
    }
    if (a < added.length) out[to++] = added[a] + r;
  }
  return out;
}
