/**
 * A shard as it lies in a board's flash: a header and the fld file, from the start of the partition. What flashes a
 * shard with the firmware writes the same bytes. The header is written last, and carries the CRC-32 of the
 * file, so a shard that was written in part is none. Little-endian.
 *
 * | offset | field |
 * |--------|-------|
 * | 0      | magic, uint32 |
 * | 4      | length of the fld file, uint32 |
 * | 8      | the deal that it is of, uint32; 0 = flashed by a person |
 * | 12     | part of the deal, uint32 |
 * | 16     | parts of the deal, uint32 |
 * | 20     | CRC-32 of the fld file, uint32 |
 * | 24     | 0, uint32 |
 * | 28     | CRC-32 of the 28 bytes before, uint32 |
 * | 32     | the fld file |
 * @module
 */
import { crc32Update } from './crc32.js';

export interface ShardImage {
  readonly bytes: number; // of the fld file
  readonly deal: number;
  readonly part: number;
  readonly parts: number;
  readonly crc: number; // of the fld file
}

/** Where the fld file begins. */
export const IMAGE_HEADER_BYTES = 32;
/** The deal of a shard that a person flashed: no server replaces it. */
export const OWN_SHARD = 0;

const MAGIC = 0x31_64_68_73; // "shd1"
const CHECKED_BYTES = 28;

export function encodeShardImage({ bytes, deal, part, parts, crc }: ShardImage): Uint8Array {
  const header = new Uint8Array(IMAGE_HEADER_BYTES);
  const view = new DataView(header.buffer);
  for (const [i, word] of [MAGIC, bytes, deal, part, parts, crc, 0].entries()) {
    view.setUint32(4 * i, word, true);
  }
  view.setUint32(CHECKED_BYTES, crc32Update(0, header.subarray(0, CHECKED_BYTES)), true);
  return header;
}

/** @param header IMAGE_HEADER_BYTES @returns undefined when there is no shard: anything may lie in flash */
export function decodeShardImage(header: Uint8Array): ShardImage | undefined {
  const view = new DataView(header.buffer, header.byteOffset, IMAGE_HEADER_BYTES);
  const word = (i: number) => view.getUint32(4 * i, true);
  if (word(0) !== MAGIC || word(7) !== crc32Update(0, header.subarray(0, CHECKED_BYTES))) return undefined;
  return { bytes: word(1), deal: word(2), part: word(3), parts: word(4), crc: word(5) };
}

/** A whole image of a shard that a person flashes. */
export function ownShardImage(fld: Uint8Array): Uint8Array {
  const image = new Uint8Array(IMAGE_HEADER_BYTES + fld.length);
  const crc = crc32Update(0, fld);
  image.set(encodeShardImage({ bytes: fld.length, deal: OWN_SHARD, part: 0, parts: 1, crc }));
  image.set(fld, IMAGE_HEADER_BYTES);
  return image;
}
