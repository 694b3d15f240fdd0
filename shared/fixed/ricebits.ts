/**
 * One number as a Rice code in a stream of bits: (number >> k) zeros, a one, and the k low bits of the number. Bits
 * fill each byte from its lowest bit upwards.
 * Source: R. F. Rice, "Some practical universal noiseless coding techniques", JPL 79-22, 1979.
 * @module
 */

/** With at most 23 low bits a one and the low bits, shifted to their place in a byte, stay in 31 bits. */
export const MAX_RICE = 23;

/**
 * @param bytes  all zero from bit `at` on
 * @param room   bytes: what does not fit is lost
 * @param number 0 to 2^28
 * @param k      0 to MAX_RICE
 * @returns the bit after the last one
 */
export function writeRice(bytes: Uint8Array, room: number, at: number, number: number, k: number): number {
  const bit = at + (number >> k); // the zeros are there already
  let byte = bit >> 3;
  let rest = (1 | ((number & ((1 << k) - 1)) << 1)) << (bit & 7);
  for (; rest !== 0 && byte < room; byte++) {
    bytes[byte] |= rest & 255;
    rest >>= 8;
  }
  return bit + k + 1;
}
