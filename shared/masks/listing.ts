/**
 * Loops over the positions of a mask that are written in the subset that is translated to C.
 * @module
 */

/**
 * Where positions[from..to) do not ascend, or one is not below n.
 *
 * @param positions uint32 [to]
 * @param from      0 to to
 * @param n         1 to 134217728
 * @returns the first such place of the list, `to` when there is none
 */
export function findDisorder(positions: Uint32Array, n: number, from: number, to: number): number {
  let before = -1;
  if (from > 0) before = positions[from - 1];
  for (let i = from; i < to; i++) {
    const position = positions[i];
    if (position <= before || position >= n) return i;
    before = position;
  }
  return to;
}

/**
 * Lists those of places from to to - 1 that are not in a list.
 *
 * @param missing   uint32 [room] filled on from missing[from - listed]
 * @param positions uint32 [count] ascending
 * @param listed    0 to count: how many positions are below `from`
 * @returns how many are below `to`
 */
export function listMissing(
  missing: Uint32Array,
  room: number,
  positions: Uint32Array,
  count: number,
  listed: number,
  from: number,
  to: number,
): number {
  let i = listed;
  let next = -1; // of the list
  if (i < count) next = positions[i];
  for (let place = from; place < to; place++) {
    if (place === next) {
      i++;
      next = -1;
      if (i < count) next = positions[i];
    } else if (place - i < room) missing[place - i] = place;
  }
  return i;
}

/**
 * Sets the bits at positions[from..to) in a bitmap; the others stay.
 *
 * @param bitmap    uint8 [bytes]
 * @param positions uint32 [to]
 * @param from      0 to to
 */
export function setBits(
  bitmap: Uint8Array,
  bytes: number,
  positions: Uint32Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const position = positions[i];
    const byte = position >> 3;
    if (byte < bytes) bitmap[byte] |= 1 << (position & 7);
  }
}

/**
 * Lists the bits of a bitmap that are 1.
 *
 * @param places uint32 [room] ascending
 * @param room   no more than these are listed
 * @param bitmap uint8 [bytes]
 * @returns how many
 */
export function listBits(places: Uint32Array, room: number, bitmap: Uint8Array, bytes: number): number {
  let to = 0;
  for (let i = 0; i < bytes; i++) {
    let byte = bitmap[i];
    while (byte !== 0 && to < room) {
      places[to] = 8 * i + 31 - Math.clz32(byte & -byte); // the lowest bit, which then is cleared
      to++;
      byte &= byte - 1;
    }
  }
  return to;
}
