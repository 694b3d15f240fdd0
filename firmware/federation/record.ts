/**
 * The flash record: which slot holds the model, and which model it is. Little-endian, 32 bytes.
 *
 * | offset | field |
 * |--------|-------|
 * | 0      | magic, uint32 |
 * | 4      | slot, uint8; three bytes 0 |
 * | 8      | length of the model frame in the slot, uint32 |
 * | 12     | CRC-32 of the model frame, uint32 |
 * | 16     | model hash, 8 bytes |
 * | 24     | where the frame begins in the slot, uint32 |
 * | 28     | CRC-32 of the 28 bytes before, uint32 |
 *
 * It belongs to this firmware alone and never travels. Another layout gets another magic.
 * @module
 */
import { crc32Update } from '../../shared/protocol/crc32.js';
import { hashFromBytes, hashToBytes, type ModelHash } from '../../shared/protocol/model.js';

export interface ModelRecord {
  readonly slot: 0 | 1;
  readonly offset: number; // of the frame in the slot, bytes
  readonly frameBytes: number;
  readonly crc: number;
  readonly hash: ModelHash;
}

const RECORD_BYTES = 32;
const MAGIC = 0x31_6d_6c_66; // "flm1"
const CHECKED_BYTES = 28;

export function encodeRecord({ slot, offset, frameBytes, crc, hash }: ModelRecord): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  bytes[4] = slot;
  view.setUint32(8, frameBytes, true);
  view.setUint32(12, crc, true);
  bytes.set(hashToBytes(hash), 16);
  view.setUint32(24, offset, true);
  view.setUint32(CHECKED_BYTES, crc32Update(0, bytes.subarray(0, CHECKED_BYTES)), true);
  return bytes;
}

/** @returns undefined when the bytes are not a record of this layout: the board then holds no model */
export function decodeRecord(bytes: Uint8Array): ModelRecord | undefined {
  if (bytes.length !== RECORD_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const slot = bytes[4];
  if (view.getUint32(0, true) !== MAGIC || (slot !== 0 && slot !== 1)) return undefined;
  if (view.getUint32(CHECKED_BYTES, true) !== crc32Update(0, bytes.subarray(0, CHECKED_BYTES)))
    return undefined;
  return {
    slot,
    offset: view.getUint32(24, true),
    frameBytes: view.getUint32(8, true),
    crc: view.getUint32(12, true),
    hash: hashFromBytes(bytes.subarray(16, 24)),
  };
}
