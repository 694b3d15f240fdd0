/**
 * The table of CRC-32: polynomial 0x04c11db7, bits reflected.
 * Source: ISO 3309; RFC 1952, section 8 (the same table).
 * @module
 */

/** By byte. Made once when the module loads; on a board that is at build time, so it lies in flash. Read only. */
export const CRC_TABLE = makeTable();

function makeTable(): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let c = byte;
    for (let bit = 0; bit < 8; bit++) c = (c & 1) === 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    table[byte] = c;
  }
  return table;
}
