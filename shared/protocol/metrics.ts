/**
 * The metrics frame: what a round cost a board. Lost ones are not sent again (QoS 0).
 * All in the head; no payload.
 * @module
 */
import { object, u8, u16, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { decoding } from './error.js';
import { checkInteger, choiceOf, codeOf, joinWide, splitWide, UINT16_MAX, UINT32_MAX } from './field.js';
import { decodeFields, decodeFrame, encodeFields, encodeFrame, expectEmpty } from './frame.js';

/** Why a board began its present life. Order is the wire code: append only. */
export const RESETS = frozen([
  'unknown',
  'power',
  'restart',
  'crash',
  'watchdog',
  'brownout',
  'sleep',
] as const);
export type Reset = (typeof RESETS)[number];

export interface Metrics {
  readonly round: number; // uint32
  readonly attempt: number; // uint16
  readonly trainMs: number; // uint32
  readonly slices: number; // uint32, pauses in which the network had its turn
  readonly macs: number; // multiply-accumulates, to 2^53 - 1
  readonly bytesUp: number; // uint32, MQTT payload bytes since the last metrics frame
  readonly bytesDown: number; // uint32
  readonly reconnects: number; // uint32, since start
  readonly longestSliceMs: number; // uint16, the longest time without a pause
  // What the host cannot tell of the following is 0 or 'unknown'.
  readonly freeBytes: number; // uint32, free in the system now
  readonly heapBytes: number; // uint32, of the engine in use at most so far
  readonly chunkBytes: number; // uint32, of its chunk heap
  readonly slots: number; // uint32, of its slot heap
  readonly millijoules: number; // uint32, estimated, since the last metrics frame
  readonly rssi: number; // int8, dBm of the radio
  readonly reset: Reset;
}

const METRICS_BYTES = 60;
const METRICS = frozen(
  object({
    round: u32,
    attempt: u32,
    trainMs: u32,
    slices: u32,
    macsLow: u32,
    macsHigh: u32,
    bytesUp: u32,
    bytesDown: u32,
    reconnects: u32,
    heapBytes: u32,
    freeBytes: u32,
    chunkBytes: u32,
    slots: u32,
    millijoules: u32,
    longestSliceMs: u16,
    reset: u8,
    rssi: u8, // two's complement
  }),
);

/** @throws RangeError naming the field that is out of range */
export function encodeMetrics(metrics: Metrics): Uint8Array {
  checkMetrics(metrics);
  const { low: macsLow, high: macsHigh } = splitWide(metrics.macs);
  const { round, attempt, trainMs, slices, bytesUp, bytesDown, reconnects, longestSliceMs } = metrics;
  const { heapBytes, freeBytes, chunkBytes, slots, millijoules } = metrics;
  const fields = {
    round,
    attempt,
    trainMs,
    slices,
    macsLow,
    macsHigh,
    bytesUp,
    bytesDown,
    reconnects,
    heapBytes,
    freeBytes,
    chunkBytes,
    slots,
    millijoules,
    longestSliceMs,
    reset: codeOf('reset', RESETS, metrics.reset),
    rssi: metrics.rssi & 255,
  };
  return encodeFrame('metrics', encodeFields(METRICS, METRICS_BYTES, fields), []);
}

/** @throws ProtocolError */
export function decodeMetrics(bytes: Uint8Array): Metrics {
  const frame = decodeFrame('metrics', bytes);
  expectEmpty(frame);
  const { macsLow, macsHigh, reset, rssi, ...rest } = decodeFields(METRICS, frame.head);
  return decoding(() => {
    const metrics = {
      ...rest,
      macs: joinWide(macsLow, macsHigh),
      reset: choiceOf('reset', RESETS, reset),
      rssi: (rssi << 24) >> 24, // the sign of an int8
    };
    checkMetrics(metrics);
    return metrics;
  });
}

function checkMetrics(metrics: Metrics): void {
  checkInteger('round', metrics.round, 0, UINT32_MAX);
  checkInteger('attempt', metrics.attempt, 0, UINT16_MAX);
  checkInteger('trainMs', metrics.trainMs, 0, UINT32_MAX);
  checkInteger('slices', metrics.slices, 0, UINT32_MAX);
  checkInteger('macs', metrics.macs, 0, Number.MAX_SAFE_INTEGER);
  checkInteger('bytesUp', metrics.bytesUp, 0, UINT32_MAX);
  checkInteger('bytesDown', metrics.bytesDown, 0, UINT32_MAX);
  checkInteger('reconnects', metrics.reconnects, 0, UINT32_MAX);
  for (const name of ['heapBytes', 'freeBytes', 'chunkBytes', 'slots', 'millijoules'] as const) {
    checkInteger(name, metrics[name], 0, UINT32_MAX);
  }
  checkInteger('longestSliceMs', metrics.longestSliceMs, 0, UINT16_MAX);
  checkInteger('rssi', metrics.rssi, -128, 127);
}
