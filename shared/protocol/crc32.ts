/**
 * CRC-32 as in Ethernet, zip and zlib: polynomial 0x04c11db7, bits reflected.
 * Source: ISO 3309; RFC 1952, section 8.
 * @module
 */
import { crcRegister } from './checksum.js';

/** Continues a checksum, as crc32Update does; a server has a faster one. */
export type Checksum = (crc: number, bytes: Uint8Array) => number;

/**
 * Continues a checksum; the bytes may come in any pieces.
 * @param crc uint32: the result for the bytes so far, 0 before the first
 * @returns uint32
 */
export function crc32Update(crc: number, bytes: Uint8Array): number {
  return ~crcRegister(~crc, bytes, 0, bytes.length) >>> 0;
}
