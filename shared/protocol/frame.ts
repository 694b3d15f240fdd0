/**
 * What every frame has in common: a header of 16 bytes, a head of fields, a payload of raw arrays.
 * All numbers are little-endian; the payload begins at a multiple of 4 bytes, so that any typed array
 * may view it on the little-endian machines that we run on.
 *
 * | offset | bytes | field |
 * |--------|-------|-------|
 * | 0      | 2     | magic, the letters "fl" |
 * | 2      | 1     | version of the frame format |
 * | 3      | 1     | kind, see FRAME_KINDS |
 * | 4      | 4     | length of the head, a multiple of 4, at most MAX_HEAD_BYTES |
 * | 8      | 4     | length of the payload |
 * | 12     | 4     | CRC-32 of all other bytes: the first 12, then those from 16 on |
 * | 16     |       | head, then payload; nothing follows |
 *
 * typed-binary reads and writes the header and the fields. Its own reader would read beyond a view into
 * the bytes around it, so it gets ours; it gets no string and no array whose length comes from the wire.
 * @module
 */
import { BufferWriter, type ISchema, object, type Parsed, u8, u16, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { Pace } from '../masks/pace.js';
import { finish } from '../masks/work.js';
import { crcRegister } from './checksum.js';
import { type Checksum, crc32Update } from './crc32.js';
import { ProtocolError } from './error.js';
import { FieldReader } from './reader.js';

export const FRAME_HEADER_BYTES = 16;
export const MAX_HEAD_BYTES = 2032;

/** Place + 1 is the wire code: append only. */
export const FRAME_KINDS = frozen([
  'plan',
  'model',
  'delta',
  'update',
  'verdict',
  'status',
  'metrics',
  'firmware',
  'image',
  'deal',
  'enrol',
  'shard',
  'windows',
  'moments',
  'label',
  'prediction',
] as const);
export type FrameKind = (typeof FRAME_KINDS)[number];

export interface Frame {
  readonly head: Uint8Array;
  readonly payload: Uint8Array; // byteOffset is a multiple of 4
}

export interface FrameHeader {
  readonly headBytes: number;
  readonly payloadBytes: number;
  readonly crc: number; // uint32
}

const FRAME_MAGIC = 0x6c66;
const FRAME_VERSION = 1;
const CRC_OFFSET = 12;

const HEADER = frozen(
  object({ magic: u16, version: u8, kind: u8, headBytes: u32, payloadBytes: u32, crc: u32 }),
);

/** Work per byte copied and checked, see masks/work.ts. */
export const BYTE_MACS = 2;
/** Work of one encodeFields, about. */
export const FIELDS_MACS = 400;

/**
 * @param head  a multiple of 4 bytes
 * @param parts of the payload, one after the other
 */
export function encodeFrame(
  kind: FrameKind,
  head: Uint8Array,
  parts: readonly ArrayBufferView[],
): Uint8Array {
  return finish(encodeFrameSlices(kind, head, parts, new Pace(Number.POSITIVE_INFINITY)));
}

/** The same with pauses: yields work. */
export function* encodeFrameSlices(
  kind: FrameKind,
  head: Uint8Array,
  parts: readonly ArrayBufferView[],
  pace: Pace,
): Generator<number, Uint8Array> {
  if (head.length % 4 !== 0 || head.length > MAX_HEAD_BYTES) {
    throw new RangeError(`head of ${head.length} bytes, expected a multiple of 4 up to ${MAX_HEAD_BYTES}`);
  }
  const payloadBytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const frame = new Uint8Array(FRAME_HEADER_BYTES + head.length + payloadBytes);
  const header = {
    magic: FRAME_MAGIC,
    version: FRAME_VERSION,
    kind: FRAME_KINDS.indexOf(kind) + 1,
    headBytes: head.length,
    payloadBytes,
  };
  frame.set(encodeFields(HEADER, FRAME_HEADER_BYTES, { ...header, crc: 0 }));
  frame.set(head, FRAME_HEADER_BYTES);
  let offset = FRAME_HEADER_BYTES + head.length;
  for (const part of parts) {
    frame.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
    offset += part.byteLength;
  }
  if (pace.isDue(FIELDS_MACS)) yield pace.take();
  let register = crcRegister(-1, frame, 0, CRC_OFFSET);
  const piece = pace.elements(BYTE_MACS);
  for (let from = FRAME_HEADER_BYTES; from < frame.length; from += piece) {
    const to = Math.min(frame.length, from + piece);
    register = crcRegister(register, frame, from, to);
    if (pace.isDue((to - from) * BYTE_MACS)) yield pace.take();
  }
  putFrameCrc(frame, ~register >>> 0);
  return frame;
}

/**
 * Checks a whole frame and copies it: the caller's bytes may lie in a pool and may be used again.
 * @throws ProtocolError unless it is exactly one intact frame of this kind
 */
export function decodeFrame(
  kind: FrameKind,
  bytes: Uint8Array,
  checksum: Checksum = crc32Update,
  copy: CopyBytes = copyBytes,
): Frame {
  const { headBytes, payloadBytes, crc } = decodeFrameHeader(kind, bytes);
  const expected = FRAME_HEADER_BYTES + headBytes + payloadBytes;
  if (bytes.length !== expected) {
    throw new ProtocolError('length', `${kind} frame of ${bytes.length} bytes, expected ${expected}`);
  }
  const own = copy(bytes);
  const found = continueFrameCrc(0, 0, own, checksum);
  if (found !== crc) throw new ProtocolError('checksum', `${kind} frame's CRC-32 ${crc}, expected ${found}`);
  const payloadOffset = FRAME_HEADER_BYTES + headBytes;
  return { head: own.subarray(FRAME_HEADER_BYTES, payloadOffset), payload: own.subarray(payloadOffset) };
}

/** Gives the same bytes in memory of its own, at an offset that is a multiple of 4. */
export type CopyBytes = (bytes: Uint8Array) => Uint8Array;

function copyBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes); // the `slice` of a Node Buffer would not copy
}

/** @throws ProtocolError unless the frame has no payload */
export function expectEmpty({ payload }: Frame): void {
  if (payload.length > 0) throw new ProtocolError('length', `${payload.length} payload bytes, expected none`);
}

/**
 * Checks the header alone, from the first bytes of a frame.
 * @throws ProtocolError unless it begins a frame of this kind
 */
export function decodeFrameHeader(kind: FrameKind, bytes: Uint8Array): FrameHeader {
  if (bytes.length < FRAME_HEADER_BYTES) {
    throw new ProtocolError('length', `${bytes.length} bytes, expected a header of ${FRAME_HEADER_BYTES}`);
  }
  const header = decodeFields(HEADER, bytes.subarray(0, FRAME_HEADER_BYTES));
  const { magic, version, headBytes, payloadBytes, crc } = header;
  if (magic !== FRAME_MAGIC) throw new ProtocolError('magic', `magic ${magic}, expected ${FRAME_MAGIC}`);
  if (version !== FRAME_VERSION) {
    throw new ProtocolError('version', `frame version ${version}, expected ${FRAME_VERSION}`);
  }
  if (FRAME_KINDS[header.kind - 1] !== kind) {
    throw new ProtocolError('kind', `frame kind ${header.kind}, expected ${kind}`);
  }
  if (headBytes % 4 !== 0 || headBytes > MAX_HEAD_BYTES) {
    throw new ProtocolError(
      'length',
      `head of ${headBytes} bytes, expected a multiple of 4 up to ${MAX_HEAD_BYTES}`,
    );
  }
  return { headBytes, payloadBytes, crc };
}

/** The CRC-32 that a whole frame carries. @param frame from encodeFrame, or checked by decodeFrame */
export function frameCrc(frame: Uint8Array): number {
  return decodeFields(HEADER, frame.subarray(0, FRAME_HEADER_BYTES)).crc;
}

/** Writes the CRC-32 into a header. @param first at least the header of a frame */
export function putFrameCrc(first: Uint8Array, crc: number): void {
  for (let i = 0; i < 4; i++) first[CRC_OFFSET + i] = crc >>> (8 * i);
}

/**
 * The CRC-32 of a frame that comes in pieces, continued by the piece that lies at `offset` of the frame.
 * @param crc 0 before the first piece
 */
export function continueFrameCrc(
  crc: number,
  offset: number,
  piece: Uint8Array,
  checksum: Checksum = crc32Update,
): number {
  const before = piece.subarray(0, Math.max(0, CRC_OFFSET - offset));
  const after = piece.subarray(Math.max(0, FRAME_HEADER_BYTES - offset));
  return checksum(checksum(crc, before), after);
}

/** @param size bytes that the schema takes */
export function encodeFields<S extends ISchema<unknown>>(
  schema: S,
  size: number,
  value: Parsed<S>,
): Uint8Array {
  const bytes = new Uint8Array(size);
  schema.write(new BufferWriter(bytes.buffer, { endianness: 'little' }), value);
  return bytes;
}

/** Reads a schema that takes exactly these bytes. @throws ProtocolError */
export function decodeFields<S extends ISchema<unknown>>(schema: S, bytes: Uint8Array): Parsed<S> {
  return decodeFieldList(schema, 1, bytes)[0];
}

/** Reads a schema `count` times, which takes exactly these bytes. @throws ProtocolError */
export function decodeFieldList<S extends ISchema<unknown>>(
  schema: S,
  count: number,
  bytes: Uint8Array,
): Parsed<S>[] {
  const reader = new FieldReader(bytes);
  const values: Parsed<S>[] = [];
  try {
    for (let i = 0; i < count; i++) values.push(schema.read(reader) as Parsed<S>);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ProtocolError('length', `fields of ${bytes.length} bytes, expected more`);
  }
  if (reader.currentByteOffset !== bytes.length) {
    throw new ProtocolError(
      'length',
      `fields of ${bytes.length} bytes, expected ${reader.currentByteOffset}`,
    );
  }
  return values;
}
