/**
 * The windows frame: how every board of a live task cuts its sensor's values into windows, and, once the
 * boards' moments gave it, how the values are normalised. Retained. A plan names the frame by its CRC-32:
 * no board trains with another normalisation.
 *
 * Head: WINDOWS. Payload: offset, mantissa and shift of each channel, int32; nothing before there are any.
 * @module
 */
import { object, u16 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { decoding, ProtocolError } from './error.js';
import { checkInteger, UINT16_MAX } from './field.js';
import { decodeFields, decodeFrame, encodeFields, encodeFrame } from './frame.js';

/** The windows of one task. */
export interface WindowFormat {
  readonly steps: number; // samples of a window, 1 to 1,024
  readonly channels: number; // values of a sample, 1 to MAX_CHANNELS
  readonly stride: number; // samples from one window's start to the next one's, 1 to steps: they overlap below steps
  readonly hertz: number; // samples a second, 1 to 1,000
  readonly classes: number; // 2 to 255
  readonly least: number; // windows that a board has before it takes part, uint16 from 1
}

/** feature = (raw − offset) · mantissa / 2^shift, as in `shared/data/normal.ts`. */
export interface ChannelNormal {
  readonly offset: number; // int16
  readonly mantissa: number; // 1 to 16,383
  readonly shift: number; // 0 to 24
}

export interface Windows extends WindowFormat {
  readonly normals?: readonly ChannelNormal[]; // one for each channel; without them nobody can train yet
}

export const MAX_CHANNELS = 64;
const MAX_STEPS = 1024;
const MAX_VALUES = 2040; // of a window: in flash it fits a sector of 4,096 bytes

const WINDOWS_BYTES = 16;
const WINDOWS = frozen(
  object({
    steps: u16,
    channels: u16,
    stride: u16,
    hertz: u16,
    classes: u16,
    least: u16,
    normals: u16, // 0 or channels
    zero: u16,
  }),
);
const WORDS = 3; // of a channel

/** @throws RangeError naming the field that is out of range */
export function encodeWindows(windows: Windows): Uint8Array {
  checkWindows(windows);
  const { normals = [], ...format } = windows;
  const head = encodeFields(WINDOWS, WINDOWS_BYTES, { ...format, normals: normals.length, zero: 0 });
  const words = normals.flatMap(({ offset, mantissa, shift }) => [offset, mantissa, shift]);
  return encodeFrame('windows', head, [Int32Array.from(words)]);
}

/** @throws ProtocolError */
export function decodeWindows(bytes: Uint8Array): Windows {
  const { head, payload } = decodeFrame('windows', bytes);
  const { normals: count, zero, ...format } = decodeFields(WINDOWS, head);
  if (payload.length !== 4 * WORDS * count) {
    throw new ProtocolError(
      'length',
      `windows payload of ${payload.length} bytes, expected ${count} channels`,
    );
  }
  return decoding(() => {
    checkInteger('zero', zero, 0, 0);
    const windows: Windows = { ...format, ...(count > 0 && { normals: normalsOf(payload, count) }) };
    checkWindows(windows);
    return windows;
  });
}

/** @throws RangeError naming the field that is out of range */
export function checkWindows({ normals, ...format }: Windows): void {
  checkInteger('steps', format.steps, 1, MAX_STEPS);
  checkInteger('channels', format.channels, 1, MAX_CHANNELS);
  checkInteger('values of a window', format.steps * format.channels, 1, MAX_VALUES);
  checkInteger('stride', format.stride, 1, format.steps);
  checkInteger('hertz', format.hertz, 1, 1000);
  checkInteger('classes', format.classes, 2, 255);
  checkInteger('least', format.least, 1, UINT16_MAX);
  if (normals === undefined) return;
  checkInteger('normals', normals.length, format.channels, format.channels);
  for (const [i, { offset, mantissa, shift }] of normals.entries()) {
    checkInteger(`channel ${i} offset`, offset, -32768, 32767);
    checkInteger(`channel ${i} mantissa`, mantissa, 1, 16383);
    checkInteger(`channel ${i} shift`, shift, 0, 24);
  }
}

function normalsOf(payload: Uint8Array, count: number): ChannelNormal[] {
  const words = new Int32Array(payload.buffer, payload.byteOffset, WORDS * count);
  return Array.from({ length: count }, (_, i) => {
    const [offset, mantissa, shift] = words.subarray(WORDS * i, WORDS * (i + 1));
    return { offset, mantissa, shift };
  });
}
