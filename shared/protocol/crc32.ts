/**
 * CRC-32 as in Ethernet, zip and zlib: polynomial 0x04c11db7, bits reflected.
 * Source: ISO 3309; RFC 1952, section 8 (the same table).
 * @module
 */

/** Continues a checksum, as crc32Update does; a server has a faster one. */
export type Checksum = (crc: number, bytes: Uint8Array) => number;

/** Made once when the module loads; on a board that is at build time, so it lies in flash. Read only. */
const TABLE = makeTable();

/**
 * Continues a checksum; the bytes may come in any pieces.
 * @param crc uint32: the result for the bytes so far, 0 before the first
 * @returns uint32
 */
export function crc32Update(crc: number, bytes: Uint8Array): number {
  const { length } = bytes; // costs a board as much as a byte does
  let c = ~crc; // int32 from here on: a value above 2^31 - 1 is slow on a board
  for (let i = 0; i < length; i++) c = TABLE[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return ~c >>> 0;
}

function makeTable(): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let c = byte;
    for (let bit = 0; bit < 8; bit++) c = (c & 1) === 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    table[byte] = c;
  }
  return table;
}
