/**
 * The moments frame: sums of a board's raw sensor values, for the federation's normalisation. The values
 * themselves do not travel. A later frame of the same device takes the place of the earlier one.
 *
 * Head: MOMENTS. Payload: for each channel its sum and its sum of squares, two uint32 each, low first; the
 * sum in two's complement.
 * @module
 */
import { object, u16, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { deviceHash } from './device.js';
import { decoding, ProtocolError } from './error.js';
import { checkInteger, joinWide, splitWide } from './field.js';
import { decodeFields, decodeFrame, encodeFields, encodeFrame } from './frame.js';
import { MAX_CHANNELS } from './windows.js';

/** Of one channel, as in `shared/data/normal.ts`. */
export interface ChannelMoments {
  readonly count: number; // values, 1 to 2^22, the same in every channel
  readonly sum: number; // of int16 values
  readonly squares: number;
}

export interface MomentsReport {
  readonly device: string;
  readonly channels: readonly ChannelMoments[]; // 1 to MAX_CHANNELS
}

const MAX_COUNT = 2 ** 22; // squares stay below 2^53
const LARGEST = 32768; // of an int16 value's magnitude

const MOMENTS_BYTES = 12;
const MOMENTS = frozen(object({ device: u32, count: u32, channels: u16, zero: u16 }));
const WORDS = 4; // of a channel

/** @throws RangeError naming the field that is out of range */
export function encodeMoments(report: MomentsReport): Uint8Array {
  checkMoments(report);
  const { device, channels } = report;
  const { count } = channels[0];
  const fields = { device: deviceHash(device), count, channels: channels.length, zero: 0 };
  const words = channels.flatMap(({ sum, squares }) => {
    const high = Math.floor(sum / 2 ** 32); // below 0 for a sum below 0
    const wide = splitWide(squares);
    return [sum - high * 2 ** 32, high >>> 0, wide.low, wide.high];
  });
  return encodeFrame('moments', encodeFields(MOMENTS, MOMENTS_BYTES, fields), [Uint32Array.from(words)]);
}

/** @param device of the topic @throws ProtocolError; its code is 'device' when another one made it */
export function decodeMoments(bytes: Uint8Array, device: string): MomentsReport {
  const { head, payload } = decodeFrame('moments', bytes);
  const fields = decodeFields(MOMENTS, head);
  if (fields.device !== deviceHash(device)) {
    throw new ProtocolError(
      'device',
      `moments of ${fields.device}, expected ${deviceHash(device)} (${device})`,
    );
  }
  if (payload.length !== 4 * WORDS * fields.channels) {
    throw new ProtocolError(
      'length',
      `moments of ${payload.length} bytes, expected ${fields.channels} channels`,
    );
  }
  const words = new Uint32Array(payload.buffer, payload.byteOffset, WORDS * fields.channels);
  return decoding(() => {
    checkInteger('zero', fields.zero, 0, 0);
    const channels = Array.from({ length: fields.channels }, (_, i) => {
      const [sumLow, sumHigh, squaresLow, squaresHigh] = words.subarray(WORDS * i, WORDS * (i + 1));
      return {
        count: fields.count,
        sum: joinWide(sumLow, sumHigh | 0),
        squares: joinWide(squaresLow, squaresHigh),
      };
    });
    const report = { device, channels };
    checkMoments(report);
    return report;
  });
}

function checkMoments({ channels }: MomentsReport): void {
  checkInteger('channels', channels.length, 1, MAX_CHANNELS);
  const { count } = channels[0];
  checkInteger('count', count, 1, MAX_COUNT);
  for (const [i, channel] of channels.entries()) {
    checkInteger(`channel ${i} count`, channel.count, count, count);
    checkInteger(`channel ${i} sum`, channel.sum, -LARGEST * count, (LARGEST - 1) * count); // a mean is an int16
    checkInteger(`channel ${i} squares`, channel.squares, Math.abs(channel.sum), LARGEST * LARGEST * count);
  }
}
