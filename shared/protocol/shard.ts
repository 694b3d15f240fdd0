/**
 * The shard frame: the server's answer to a board that enrolled. Its part of the deal, or why there is none.
 *
 * Head: SHARD. Payload: the part as an fld file, which streams to flash; nothing in a refusal.
 * @module
 */
import { object, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { crc32Update } from './crc32.js';
import { deviceHash } from './device.js';
import { decoding, ProtocolError } from './error.js';
import { checkInteger, choiceOf, codeOf, UINT32_MAX } from './field.js';
import {
  decodeFields,
  decodeFrame,
  decodeFrameHeader,
  encodeFields,
  encodeFrame,
  FRAME_HEADER_BYTES,
} from './frame.js';

/** Order is the wire code: append only. */
export const SHARD_OUTCOMES = frozen([
  'dealt',
  'none left', // every part has its board
  'too long', // for the room that the board has
] as const);
export type ShardOutcome = (typeof SHARD_OUTCOMES)[number];

export interface ShardHead {
  readonly device: string;
  readonly deal: number; // uint32 from 1
  readonly outcome: ShardOutcome;
  readonly part: number; // uint32 below parts; 0 where none was dealt
  readonly parts: number; // uint32 from 1
  readonly bytes: number; // uint32, of the fld file; in a refusal those that would be needed, 0 = none are left
  readonly crc: number; // uint32, CRC-32 of the fld file, 0 in a refusal
}

/** What a board sees before it touches its flash. */
export interface ShardOpening extends ShardHead {
  readonly frameBytes: number;
  readonly frameCrc: number; // uint32, what continueFrameCrc over the whole frame must give
}

const SHARD_BYTES = 28;
/** The payload begins here. */
export const SHARD_OPENING_BYTES = FRAME_HEADER_BYTES + SHARD_BYTES;
const SHARD = frozen(
  object({ device: u32, deal: u32, outcome: u32, part: u32, parts: u32, bytes: u32, crc: u32 }),
);

/** @throws RangeError naming the field that is out of range */
export function encodeShard(
  head: Pick<ShardHead, 'device' | 'deal' | 'part' | 'parts'>,
  fld: Uint8Array,
): Uint8Array {
  return encode({ ...head, outcome: 'dealt', bytes: fld.length, crc: crc32Update(0, fld) }, fld);
}

/** @param bytes that would be needed, 0 = none are left @throws RangeError naming the field that is out of range */
export function encodeShardRefusal(
  head: Pick<ShardHead, 'device' | 'deal' | 'parts'>,
  outcome: Exclude<ShardOutcome, 'dealt'>,
  bytes: number,
): Uint8Array {
  return encode({ ...head, outcome, part: 0, bytes, crc: 0 }, new Uint8Array(0));
}

/**
 * Reads the opening alone. The frame's CRC-32 is not checked: that takes the whole frame.
 * @param first SHARD_OPENING_BYTES or more
 * @param device of the topic
 * @throws ProtocolError; its code is 'device' when the frame is for another one
 */
export function decodeShardOpening(first: Uint8Array, device: string): ShardOpening {
  const { headBytes, payloadBytes, crc: frameCrc } = decodeFrameHeader('shard', first);
  if (headBytes !== SHARD_BYTES || first.length < SHARD_OPENING_BYTES) {
    throw new ProtocolError('length', `shard head of ${headBytes} bytes, expected ${SHARD_BYTES}`);
  }
  const fields = decodeFields(SHARD, first.subarray(FRAME_HEADER_BYTES, SHARD_OPENING_BYTES));
  if (fields.device !== deviceHash(device)) {
    throw new ProtocolError(
      'device',
      `shard for ${fields.device}, expected ${deviceHash(device)} (${device})`,
    );
  }
  return decoding(() => {
    const head = { ...fields, device, outcome: choiceOf('outcome', SHARD_OUTCOMES, fields.outcome) };
    checkShard(head);
    checkInteger('shard payload bytes', payloadBytes, payloadOf(head), payloadOf(head));
    return { ...head, frameBytes: SHARD_OPENING_BYTES + payloadBytes, frameCrc };
  });
}

/** The whole frame, for who has the memory. @throws ProtocolError */
export function decodeShard(bytes: Uint8Array, device: string): ShardHead & { readonly fld: Uint8Array } {
  const { payload: fld } = decodeFrame('shard', bytes);
  const { frameBytes, frameCrc, ...head } = decodeShardOpening(
    bytes.subarray(0, SHARD_OPENING_BYTES),
    device,
  );
  const crc = crc32Update(0, fld);
  if (head.crc !== crc) throw new ProtocolError('checksum', `shard's CRC-32 ${head.crc}, expected ${crc}`);
  return { ...head, fld };
}

function encode(head: ShardHead, fld: Uint8Array): Uint8Array {
  checkShard(head);
  const fields = {
    ...head,
    device: deviceHash(head.device),
    outcome: codeOf('outcome', SHARD_OUTCOMES, head.outcome),
  };
  return encodeFrame('shard', encodeFields(SHARD, SHARD_BYTES, fields), [fld]);
}

function payloadOf({ outcome, bytes }: ShardHead): number {
  return outcome === 'dealt' ? bytes : 0;
}

function checkShard({ deal, outcome, part, parts, bytes, crc }: ShardHead): void {
  checkInteger('deal', deal, 1, UINT32_MAX);
  checkInteger('parts', parts, 1, UINT32_MAX);
  checkInteger('part', part, 0, outcome === 'dealt' ? parts - 1 : 0);
  checkInteger('bytes', bytes, outcome === 'dealt' ? 1 : 0, UINT32_MAX);
  checkInteger('crc', crc, 0, outcome === 'dealt' ? UINT32_MAX : 0);
}
