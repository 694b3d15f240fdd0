/**
 * The model frame: description, exponents and all parameters. The same bytes are `model` on the
 * wire and a `checkpoint` on disk: equal models have equal frames, whatever they went through.
 *
 * Head: layer count (uint16), length of the text (uint16), weightExp and outputExp of each layer (int8)
 * padded to 4 bytes, the description as JSON in ASCII padded to 4 bytes. Padding is zero.
 * Payload: the parameters exactly as in ModelLayout.
 * @module
 */
import { object, u16 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { formatDescription, parseDescription } from '../model/description.js';
import { checkExponents } from '../model/exponents.js';
import { align4, layoutOf } from '../model/layout.js';
import type { LayerExponents, Model, ModelHead } from '../model/model.js';
import { decoding, ProtocolError } from './error.js';
import { checkInteger } from './field.js';
import {
  decodeFields,
  decodeFrame,
  decodeFrameHeader,
  encodeFields,
  encodeFrame,
  FRAME_HEADER_BYTES,
  MAX_HEAD_BYTES,
} from './frame.js';

/** The first 8 bytes of the SHA-256 of a model frame, as 16 lower-case hex digits. */
export type ModelHash = string;

/** A model as a plan names it: a board checks the CRC-32, since it does not compute SHA-256. */
export interface ModelName {
  readonly hash: ModelHash;
  readonly crc: number; // uint32, in the header of its frame
}

/** The hash of a device that holds no model. */
export const NO_MODEL: ModelHash = '0000000000000000';
export const MODEL_HASH_BYTES = 8;

/** The parameters of a model frame begin here or before. */
export const MAX_MODEL_HEAD = FRAME_HEADER_BYTES + MAX_HEAD_BYTES;

/** Where the parts of a model frame lie, for a board that keeps the frame in flash. */
export interface ModelPlace {
  readonly head: ModelHead;
  readonly parameterOffset: number; // bytes from the start of the frame
  readonly frameBytes: number;
  readonly crc: number; // uint32, what continueFrameCrc over the whole frame must give
}

const FIXED = frozen(object({ layerCount: u16, textBytes: u16 }));
const FIXED_BYTES = 4;

/** Letters of a description read at once. */
const TEXT_PIECE = 32;

/** @throws RangeError naming the field that is out of range */
export function encodeModel(model: Model): Uint8Array {
  const { head, parameters } = model;
  checkInteger(
    'parameter bytes',
    parameters.byteLength,
    head.layout.parameterBytes,
    head.layout.parameterBytes,
  );
  return encodeFrame('model', encodeHead(head), [new Uint8Array(parameters)]);
}

/** @throws ProtocolError */
export function decodeModel(bytes: Uint8Array): Model {
  const { head: headBytes, payload } = decodeFrame('model', bytes);
  const head = decodeHead(headBytes);
  expectParameters(head, payload.length);
  return { head, parameters: new Uint8Array(payload).buffer };
}

/**
 * Reads the head from the beginning of a frame. The CRC-32 is not checked: that takes the whole frame.
 * @param first at least the header and head, so MAX_MODEL_HEAD bytes or the whole frame are enough
 * @throws ProtocolError
 */
export function decodeModelHead(first: Uint8Array): ModelPlace {
  const { headBytes, payloadBytes, crc } = decodeFrameHeader('model', first);
  const parameterOffset = FRAME_HEADER_BYTES + headBytes;
  if (first.length < parameterOffset) {
    throw new ProtocolError(
      'length',
      `${first.length} bytes of a model, expected ${parameterOffset} or more`,
    );
  }
  const head = decodeHead(first.subarray(FRAME_HEADER_BYTES, parameterOffset));
  expectParameters(head, payloadBytes);
  return { head, parameterOffset, frameBytes: parameterOffset + payloadBytes, crc };
}

/** @throws RangeError unless it is 16 lower-case hex digits */
export function hashToBytes(hash: ModelHash): Uint8Array {
  if (!/^[0-9a-f]{16}$/.test(hash)) throw new RangeError(`model hash "${hash}", expected 16 hex digits`);
  return Uint8Array.from({ length: MODEL_HASH_BYTES }, (_, i) =>
    Number.parseInt(hash.slice(2 * i, 2 * i + 2), 16),
  );
}

/** @param bytes the first MODEL_HASH_BYTES are used, as of a whole SHA-256 */
export function hashFromBytes(bytes: Uint8Array): ModelHash {
  let hash = '';
  for (let i = 0; i < MODEL_HASH_BYTES; i++) hash += bytes[i].toString(16).padStart(2, '0');
  return hash;
}

function encodeHead({ description, exponents, layout }: ModelHead): Uint8Array {
  checkExponentTable({ description, exponents, layout });
  const text = formatDescription(description);
  const textOffset = textOffsetOf(exponents.length);
  const bytes = new Uint8Array(textOffset + align4(text.length));
  bytes.set(encodeFields(FIXED, FIXED_BYTES, { layerCount: exponents.length, textBytes: text.length }));
  for (const [i, { weightExp, outputExp }] of exponents.entries()) {
    bytes[FIXED_BYTES + 2 * i] = weightExp; // int8 as two's complement
    bytes[FIXED_BYTES + 2 * i + 1] = outputExp;
  }
  for (let i = 0; i < text.length; i++) bytes[textOffset + i] = text.charCodeAt(i);
  return bytes;
}

function decodeHead(bytes: Uint8Array): ModelHead {
  const { layerCount, textBytes } = decodeFields(FIXED, bytes.subarray(0, FIXED_BYTES));
  const textOffset = textOffsetOf(layerCount);
  if (bytes.length !== textOffset + align4(textBytes)) {
    throw new ProtocolError(
      'length',
      `model head of ${bytes.length} bytes, expected ${textOffset} + ${textBytes}`,
    );
  }
  const text = readText(bytes.subarray(textOffset, textOffset + textBytes));
  return decoding(() => {
    const description = parseDescription(text);
    const exponents = readExponents(bytes, layerCount);
    const head = { description, layout: layoutOf(description), exponents };
    checkExponentTable(head);
    // one model, one frame, one hash: this refuses other spellings and padding that is not zero
    const exponentEnd = FIXED_BYTES + 2 * layerCount;
    const isPadded =
      isZero(bytes, exponentEnd, textOffset) && isZero(bytes, textOffset + textBytes, bytes.length);
    if (formatDescription(description) !== text || !isPadded)
      throw new RangeError(`model head "${text}", expected its plain form`);
    return head;
  });
}

function checkExponentTable(head: ModelHead): void {
  const layers = head.layout.layers.length;
  checkInteger('exponents of layers', head.exponents.length, layers, layers);
  for (const [i, { weightExp, outputExp }] of head.exponents.entries()) {
    checkInteger(`layer ${i} weightExp`, weightExp, -15, 0);
    checkInteger(`layer ${i} outputExp`, outputExp, -128, 127);
  }
  checkExponents(head);
}

function readExponents(bytes: Uint8Array, layerCount: number): LayerExponents[] {
  return Array.from({ length: layerCount }, (_, i) => ({
    weightExp: (bytes[FIXED_BYTES + 2 * i] << 24) >> 24, // the sign of an int8
    outputExp: (bytes[FIXED_BYTES + 2 * i + 1] << 24) >> 24,
  }));
}

function textOffsetOf(layerCount: number): number {
  return FIXED_BYTES + align4(2 * layerCount);
}

function readText(bytes: Uint8Array): string {
  const { length } = bytes;
  let text = '';
  // a piece at a time: an argument takes stack, a call takes time
  for (let from = 0; from < length; from += TEXT_PIECE) {
    const piece = Array.from(bytes.subarray(from, from + TEXT_PIECE));
    text += String.fromCharCode(...piece);
  }
  return text;
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}

function expectParameters({ layout }: ModelHead, bytes: number): void {
  if (bytes === layout.parameterBytes) return;
  throw new ProtocolError('length', `${bytes} parameter bytes, expected ${layout.parameterBytes}`);
}
