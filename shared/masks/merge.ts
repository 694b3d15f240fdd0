/**
 * The loop of the change code (change.ts): it runs over every position and every member of the reference, so it is
 * written in the subset that is translated to C.
 * @module
 */

/** Places in `merge`: members and positions behind, and how many were dropped and added. */
export const MERGE_MEMBERS = 0;
export const MERGE_POSITIONS = 1;
export const MERGE_DROPPED = 2;
export const MERGE_ADDED = 3;
/** Elements of `merge`, all 0 at first. */
export const MERGE = 4;

/**
 * Lists which members a set dropped, as places among them, and what it added, as places among the others.
 * Goes on from where it is till `to` positions and members are behind, or one more.
 *
 * @param dropped   uint32 [members]
 * @param added     uint32 [count]
 * @param merge     int32 [MERGE]
 * @param reference uint32 [members] ascending
 * @param positions uint32 [count] ascending
 */
export function mergeChange(
  dropped: Uint32Array,
  added: Uint32Array,
  merge: Int32Array,
  reference: Uint32Array,
  members: number,
  positions: Uint32Array,
  count: number,
  to: number,
): void {
  let r = merge[MERGE_MEMBERS];
  let i = merge[MERGE_POSITIONS];
  let drops = merge[MERGE_DROPPED];
  let adds = merge[MERGE_ADDED];
  while (i + r < to && (i < count || r < members)) {
    if (i === count || (r < members && reference[r] < positions[i])) {
      dropped[drops] = r;
      drops++;
      r++;
    } else if (r < members && reference[r] === positions[i]) {
      r++;
      i++;
    } else {
      added[adds] = positions[i] - r; // r members lie below it
      adds++;
      i++;
    }
  }
  merge[MERGE_MEMBERS] = r;
  merge[MERGE_POSITIONS] = i;
  merge[MERGE_DROPPED] = drops;
  merge[MERGE_ADDED] = adds;
}
