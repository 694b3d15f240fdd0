/**
 * The status frame: what a board is doing, and the last will that says it is gone.
 * All in the head; no payload.
 * @module
 */
import { object, u8, u8Array, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { decoding } from './error.js';
import { checkInteger, choiceOf, codeOf, UINT32_MAX } from './field.js';
import { decodeFields, decodeFrame, encodeFields, encodeFrame, expectEmpty } from './frame.js';
import { hashFromBytes, hashToBytes, MODEL_HASH_BYTES, type ModelHash } from './model.js';

/** Order is the wire code: append only. */
export const STATES = frozen(['gone', 'joining', 'ready', 'training', 'done'] as const);
export type DeviceState = (typeof STATES)[number];

export interface Status {
  readonly state: DeviceState;
  readonly round: number; // uint32, the round it works on, 0 when none
  readonly firmware: number; // uint32: major · 2^16 + minor · 2^8 + patch
  readonly board: string; // profile name, 1 to 15 of a-z, 0-9 and -
  readonly freeBytes: number; // uint32, free memory, 0 when unknown
  readonly examples: number; // uint32, training examples on the board
  readonly modelHash: ModelHash; // model it holds, NO_MODEL when none
}

const BOARD_BYTES = 15;
const BOARD_NAME = /^[a-z0-9-]{1,15}$/;

const STATUS_BYTES = 40;
const STATUS = frozen(
  object({
    state: u8,
    board: u8Array(BOARD_BYTES), // ASCII, filled with zeros
    round: u32,
    firmware: u32,
    freeBytes: u32,
    examples: u32,
    modelHash: u8Array(MODEL_HASH_BYTES),
  }),
);

/** @throws RangeError naming the field that is out of range */
export function encodeStatus(status: Status): Uint8Array {
  checkStatus(status);
  const { round, firmware, freeBytes, examples } = status;
  const head = encodeFields(STATUS, STATUS_BYTES, {
    state: codeOf('state', STATES, status.state),
    board: boardToBytes(status.board),
    round,
    firmware,
    freeBytes,
    examples,
    modelHash: hashToBytes(status.modelHash),
  });
  return encodeFrame('status', head, []);
}

/** @throws ProtocolError */
export function decodeStatus(bytes: Uint8Array): Status {
  const frame = decodeFrame('status', bytes);
  expectEmpty(frame);
  const { state, board, round, firmware, freeBytes, examples, modelHash } = decodeFields(STATUS, frame.head);
  return decoding(() => {
    const status = {
      state: choiceOf('state', STATES, state),
      round,
      firmware,
      board: boardFromBytes(board),
      freeBytes,
      examples,
      modelHash: hashFromBytes(modelHash),
    };
    checkStatus(status);
    return status;
  });
}

function checkStatus({ round, firmware, board, freeBytes, examples }: Status): void {
  checkInteger('round', round, 0, UINT32_MAX);
  checkInteger('firmware', firmware, 0, UINT32_MAX);
  checkInteger('freeBytes', freeBytes, 0, UINT32_MAX);
  checkInteger('examples', examples, 0, UINT32_MAX);
  if (!BOARD_NAME.test(board)) throw new RangeError(`board "${board}", expected 1 to 15 of a-z, 0-9 and -`);
}

function boardToBytes(board: string): Uint8Array {
  return Uint8Array.from({ length: BOARD_BYTES }, (_, i) => (i < board.length ? board.charCodeAt(i) : 0));
}

/** Keeps a zero that stands between characters, so that the check of the name refuses it. */
function boardFromBytes(bytes: Uint8Array): string {
  let length = BOARD_BYTES;
  while (length > 0 && bytes[length - 1] === 0) length--;
  let board = '';
  for (let i = 0; i < length; i++) board += String.fromCharCode(bytes[i]);
  return board;
}
