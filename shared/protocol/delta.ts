/**
 * The delta frame: the exact difference from one model frame to the next, for boards that hold the
 * first. What comes out is the second one, byte for byte. Both frames have the same head: shapes and
 * exponents do not change between rounds; where they do, there is no delta.
 *
 * Head: HEAD. Payload: the parameters of the model frames from their start, tensor by tensor, in blocks
 * of BLOCK_ELEMENTS, coded as in `difference.ts`; then zeros to a multiple of 4 bytes. A tensor of int16
 * includes the padding behind it.
 * @module
 */
import { object, u8Array, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { inPieces } from '../masks/work.js';
import { align4, ELEMENT_BYTES, type ModelLayout } from '../model/layout.js';
import {
  applyBlock,
  BLOCK_ELEMENTS,
  BLOCK_HEAD_BYTES,
  decodeBlockHead,
  type Elements,
  encodeBlock,
  MAX_CODED_BYTES,
} from './difference.js';
import { ProtocolError } from './error.js';
import {
  BYTE_MACS,
  continueFrameCrc,
  decodeFields,
  decodeFrameHeader,
  encodeFields,
  encodeFrame,
  FIELDS_MACS,
  FRAME_HEADER_BYTES,
  frameCrc,
  putFrameCrc,
} from './frame.js';
import {
  decodeModelHead,
  hashFromBytes,
  hashToBytes,
  MODEL_HASH_BYTES,
  type ModelHash,
  type ModelName,
} from './model.js';

/** A model frame and its hash. */
export interface NamedModel {
  readonly frame: Uint8Array;
  readonly hash: ModelHash;
}

export interface DeltaPlace {
  readonly base: ModelName;
  readonly next: ModelName;
  readonly frameBytes: number;
  readonly crc: number; // uint32, what continueFrameCrc over the whole frame must give
}

/** Copies bytes [offset, offset + out.length) of a frame, from memory or flash, to `out`. */
export type ReadFrame = (offset: number, out: Uint8Array) => void;

const HEAD_BYTES = 24;
const HEAD = frozen(
  object({
    baseHash: u8Array(MODEL_HASH_BYTES),
    nextHash: u8Array(MODEL_HASH_BYTES),
    baseCrc: u32,
    nextCrc: u32,
  }),
);

/** Header and head: enough to know whether the frame is of use. */
export const DELTA_OPENING_BYTES = FRAME_HEADER_BYTES + HEAD_BYTES;

/** @returns undefined when the frames have different heads */
export function encodeDelta(base: NamedModel, next: NamedModel): Uint8Array | undefined {
  const { head, parameterOffset } = decodeModelHead(base.frame);
  for (let i = 0; i < parameterOffset; i++) {
    const isCrc = i >= FRAME_HEADER_BYTES - 4 && i < FRAME_HEADER_BYTES;
    if (!isCrc && base.frame[i] !== next.frame[i]) return undefined;
  }
  const fields = encodeFields(HEAD, HEAD_BYTES, {
    baseHash: hashToBytes(base.hash),
    nextHash: hashToBytes(next.hash),
    baseCrc: frameCrc(base.frame),
    nextCrc: frameCrc(next.frame),
  });
  const blocks: Uint8Array[] = [];
  for (const { offset, bytes, width } of blocksOf(head.layout)) {
    const at = parameterOffset + offset;
    const [before, after] = [base, next].map(({ frame }) => elementsOf(frame.slice(at, at + bytes), width));
    blocks.push(encodeBlock(before, after));
  }
  const length = blocks.reduce((sum, block) => sum + block.length, 0);
  return encodeFrame('delta', fields, [...blocks, new Uint8Array(align4(length) - length)]);
}

/**
 * Reads what the frame is about. Its CRC-32 is not checked: that takes the whole frame.
 * @param first DELTA_OPENING_BYTES or more of the frame
 * @throws ProtocolError
 */
export function decodeDeltaHead(first: Uint8Array): DeltaPlace {
  const { headBytes, payloadBytes, crc } = decodeFrameHeader('delta', first);
  if (headBytes !== HEAD_BYTES || payloadBytes % 4 !== 0 || first.length < DELTA_OPENING_BYTES) {
    throw new ProtocolError(
      'length',
      `delta of ${first.length} bytes, head ${headBytes}, payload ${payloadBytes}, expected head ${HEAD_BYTES}`,
    );
  }
  const fields = decodeFields(HEAD, first.subarray(FRAME_HEADER_BYTES, DELTA_OPENING_BYTES));
  return {
    base: { hash: hashFromBytes(fields.baseHash), crc: fields.baseCrc },
    next: { hash: hashFromBytes(fields.nextHash), crc: fields.nextCrc },
    frameBytes: DELTA_OPENING_BYTES + payloadBytes,
    crc,
  };
}

/**
 * Makes the next model frame from the base's, a block at a time, with about 9 KB of RAM. Yields work, see
 * masks/work.ts: at most `sliceMacs`, or that of one block's positions where that is more.
 * @param delta a frame whose own CRC-32 was checked
 * @param base  the frame that the delta starts from
 * @param write gets the new frame from its start, in pieces; it is right only when this returns
 * @throws ProtocolError unless what was written is the next model, byte for byte
 */
export function* applyDelta(
  delta: ReadFrame,
  base: ReadFrame,
  write: (piece: Uint8Array) => void,
  sliceMacs: number,
): Generator<number, void> {
  const place = decodeDeltaHead(read(delta, 0, DELTA_OPENING_BYTES));
  const opening = readOpening(base);
  const model = decodeModelHead(opening);
  if (model.crc !== place.base.crc) {
    throw new ProtocolError('field', `delta from model ${place.base.crc}, expected from ${model.crc}`);
  }
  yield 2 * FIELDS_MACS;
  let crc = 0;
  let written = 0;
  function* put(piece: Uint8Array): Generator<number, void> {
    yield* inPieces(piece.length, BYTE_MACS, sliceMacs, (from, to) => {
      crc = continueFrameCrc(crc, written + from, piece.subarray(from, to));
    });
    write(piece);
    written += piece.length;
  }
  putFrameCrc(opening, place.next.crc);
  yield* put(opening);

  const payload = new Payload(delta, place.frameBytes);
  for (const { offset, bytes, width } of blocksOf(model.head.layout)) {
    const block = read(base, model.parameterOffset + offset, bytes);
    const head = decodeBlockHead(payload.next(BLOCK_HEAD_BYTES), bytes / width);
    const coded = payload.next(head.positionBytes + head.numberBytes);
    yield* applyBlock(elementsOf(block, width), head, coded, sliceMacs);
    yield* put(block);
  }
  payload.end();
  if (crc !== place.next.crc) {
    throw new ProtocolError('checksum', `model's CRC-32 ${crc} after the delta, expected ${place.next.crc}`);
  }
}

/** The coded blocks, read from the start on. */
class Payload {
  readonly #read: ReadFrame;
  readonly #end: number;
  readonly #buffer = new Uint8Array(MAX_CODED_BYTES);
  #at = DELTA_OPENING_BYTES;

  constructor(read: ReadFrame, frameBytes: number) {
    this.#read = read;
    this.#end = frameBytes;
  }

  /** @returns valid until the next call. @throws ProtocolError when there are fewer left */
  next(bytes: number): Uint8Array {
    if (this.#at + bytes > this.#end) {
      throw new ProtocolError('length', `delta of ${this.#end} bytes, expected ${this.#at + bytes} or more`);
    }
    const out = this.#buffer.subarray(0, bytes);
    this.#read(this.#at, out);
    this.#at += bytes;
    return out;
  }

  /** @throws ProtocolError unless only padding is left */
  end(): void {
    const left = this.#end - this.#at;
    if (left >= 4 || this.next(left).some((byte) => byte !== 0)) {
      throw new ProtocolError('length', `${left} bytes behind the last block of a delta, expected padding`);
    }
  }
}

interface Block {
  readonly offset: number; // bytes from the start of the parameters
  readonly bytes: number;
  readonly width: 2 | 4; // bytes of an element
}

/** All parameters, in order and without gaps. */
function* blocksOf({ layers, parameterBytes }: ModelLayout): Generator<Block, void> {
  const tensors = layers.flatMap(({ weights, biases }) => [weights, biases]);
  for (const [i, { type, offset }] of tensors.entries()) {
    const end = i + 1 < tensors.length ? tensors[i + 1].offset : parameterBytes;
    const width = ELEMENT_BYTES[type] === 2 ? 2 : 4;
    const step = width * BLOCK_ELEMENTS[width];
    for (let at = offset; at < end; at += step) yield { offset: at, bytes: Math.min(step, end - at), width };
  }
}

/** @param bytes a buffer of its own */
function elementsOf({ buffer }: Uint8Array, width: 2 | 4): Elements {
  return width === 2 ? new Int16Array(buffer) : new Int32Array(buffer);
}

function read(frame: ReadFrame, offset: number, bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  frame(offset, out);
  return out;
}

/** Header and head of a model frame. */
function readOpening(base: ReadFrame): Uint8Array {
  const { headBytes } = decodeFrameHeader('model', read(base, 0, FRAME_HEADER_BYTES));
  return read(base, 0, FRAME_HEADER_BYTES + headBytes);
}
