/**
 * The image frame: one part of a firmware image. Each part has a topic of its own, so a board asks
 * for them one after the other, as fast as its flash takes them, and after a lost connection goes on
 * with the part that it lacks.
 *
 * Head: version of the firmware, number of the part; payload: its bytes, IMAGE_PART_BYTES in every part but
 * the last.
 * @module
 */
import { object, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { ProtocolError } from './error.js';
import { checkInteger, UINT32_MAX } from './field.js';
import { decodeFields, decodeFrameHeader, encodeFields, encodeFrame, FRAME_HEADER_BYTES } from './frame.js';

/** A whole number of flash sectors. */
export const IMAGE_PART_BYTES = 32_768;
/** A payload begins here. */
export const IMAGE_OPENING_BYTES = FRAME_HEADER_BYTES + 8;

export interface ImagePart {
  readonly version: number; // uint32
  readonly part: number; // from 0
}

export interface ImageOpening extends ImagePart {
  readonly payloadBytes: number;
  readonly crc: number; // uint32, what continueFrameCrc over the whole frame must give
}

const IMAGE_BYTES = 8;
const IMAGE = frozen(object({ version: u32, part: u32 }));

/** How many parts an image has. */
export function imageParts(imageBytes: number): number {
  return Math.ceil(imageBytes / IMAGE_PART_BYTES);
}

/** Bytes of the image in one of its parts. */
export function imagePartBytes(imageBytes: number, part: number): number {
  return Math.min(IMAGE_PART_BYTES, imageBytes - part * IMAGE_PART_BYTES);
}

/** @param payload the part's bytes, 1 to IMAGE_PART_BYTES */
export function encodeImagePart({ version, part }: ImagePart, payload: Uint8Array): Uint8Array {
  checkInteger('version', version, 0, UINT32_MAX);
  checkInteger('part', part, 0, UINT32_MAX);
  checkInteger('part bytes', payload.length, 1, IMAGE_PART_BYTES);
  return encodeFrame('image', encodeFields(IMAGE, IMAGE_BYTES, { version, part }), [payload]);
}

/**
 * Reads the opening of a part. The CRC-32 is not checked: that takes the whole frame.
 * @param first IMAGE_OPENING_BYTES
 * @throws ProtocolError
 */
export function decodeImageOpening(first: Uint8Array): ImageOpening {
  const { headBytes, payloadBytes, crc } = decodeFrameHeader('image', first);
  if (headBytes !== IMAGE_BYTES || first.length !== IMAGE_OPENING_BYTES) {
    throw new ProtocolError('length', `image head of ${headBytes} bytes, expected ${IMAGE_BYTES}`);
  }
  if (payloadBytes < 1 || payloadBytes > IMAGE_PART_BYTES) {
    throw new ProtocolError(
      'length',
      `image part of ${payloadBytes} bytes, expected 1 to ${IMAGE_PART_BYTES}`,
    );
  }
  const { version, part } = decodeFields(IMAGE, first.subarray(FRAME_HEADER_BYTES));
  return { version, part, payloadBytes, crc };
}
