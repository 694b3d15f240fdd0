/**
 * The loop that makes a round's noise (noise.ts), written in the subset that is translated to C.
 * @module
 */

/**
 * Fills a table with the next numbers of the xorshift generator of random.ts, without their two lowest bits.
 *
 * @param table int32 [n] 0 to 2^30 - 1
 * @param state int32, not 0: of the generator
 */
export function fillRandom(table: Int32Array, tableAt: number, state: number, n: number): void {
  let x = state;
  for (let i = 0; i < n; i++) {
    x ^= Math.imul(x, 1 << 13); // a shift that may lose bits
    x ^= x >>> 17;
    x ^= Math.imul(x, 1 << 5);
    table[tableAt + i] = x >>> 2;
  }
}
