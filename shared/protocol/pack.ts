/**
 * Packing of numbers into bytes (numbers.ts): it runs over every value of an update, so it is written in the subset
 * that is translated to C.
 * @module
 */

/**
 * Packs numbers[from..to) of 8 bits, one to a byte.
 *
 * @param bytes   uint8 [to]
 * @param numbers int16 [to]
 * @param from    0 to to
 * @returns the first place of a number that needs more bits, `to` when there is none
 */
export function packBytes(bytes: Uint8Array, numbers: Int16Array, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    const number = numbers[i];
    if (number < -128 || number > 127) return i;
    bytes[i] = number & 255;
  }
  return to;
}

/**
 * Packs numbers[from..to) of 4 bits, two to a byte, the first in the low half.
 *
 * @param bytes   uint8 [(to + 1) / 2] all zero from number `from` on
 * @param numbers int16 [to]
 * @param from    0 to to
 * @returns the first place of a number that needs more bits, `to` when there is none
 */
export function packHalves(bytes: Uint8Array, numbers: Int16Array, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    const number = numbers[i];
    if (number < -8 || number > 7) return i;
    bytes[i >> 1] |= (number & 15) << (4 * (i & 1));
  }
  return to;
}
