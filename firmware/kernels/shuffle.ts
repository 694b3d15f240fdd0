/**
 * The order of an epoch's examples.
 * @module
 */

/**
 * 0 to count - 1 in random order: Fisher and Yates, from the end (Knuth, The Art of Computer Programming, volume 2,
 * algorithm P). Each draw is that of Random.below.
 *
 * @param order uint16 [count] overwritten
 * @param count 0 to 65535
 * @param state int32, not 0: of the generator of random.ts
 * @returns its state after all draws
 */
export function shuffle(order: Uint16Array, orderAt: number, count: number, state: number): number {
  for (let i = 0; i < count; i++) order[orderAt + i] = i;
  let x = state;
  for (let i = count - 1; i > 0; i--) {
    x ^= Math.imul(x, 8192); // x << 13, and may lose bits
    x ^= x >>> 17;
    x ^= Math.imul(x, 32);
    const j = Math.imul(x >>> 16, i + 1) >>> 16;
    const swap = order[orderAt + i];
    order[orderAt + i] = order[orderAt + j];
    order[orderAt + j] = swap;
  }
  return x;
}
