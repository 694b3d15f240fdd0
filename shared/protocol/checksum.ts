/**
 * The loop of CRC-32 (crc32.ts): it runs over every byte of a frame, so it is written in the subset that is
 * translated to C.
 * @module
 */
import { CRC_TABLE } from '../fixed/crctable.js';

/**
 * Continues the register of a CRC-32 by bytes[from..to).
 *
 * @param state int32: the register, the complement of the CRC; -1 before the first byte
 * @param bytes uint8 [to]
 * @param from  0 to to
 * @returns the register after them
 */
export function crcRegister(state: number, bytes: Uint8Array, from: number, to: number): number {
  let c = state;
  for (let i = from; i < to; i++) c = CRC_TABLE[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return c;
}
