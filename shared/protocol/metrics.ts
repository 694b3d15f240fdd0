/**
 * The metrics frame: what a round cost a board. Lost ones are not sent again (QoS 0).
 * All in the head; no payload.
 * @module
 */
import { object, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { decoding } from './error.js';
import { checkInteger, joinWide, splitWide, UINT16_MAX, UINT32_MAX } from './field.js';
import { decodeFields, decodeFrame, encodeFields, encodeFrame, expectEmpty } from './frame.js';

export interface Metrics {
  readonly round: number; // uint32
  readonly attempt: number; // uint16
  readonly trainMs: number; // uint32
  readonly slices: number; // uint32, pauses in which the network had its turn
  readonly macs: number; // multiply-accumulates, to 2^53 - 1
  readonly bytesUp: number; // uint32, MQTT payload bytes since the last metrics frame
  readonly bytesDown: number; // uint32
  readonly reconnects: number; // uint32, since start
  readonly heapBytes: number; // uint32, peak, 0 when unknown
}

const METRICS_BYTES = 40;
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
  }),
);

/** @throws RangeError naming the field that is out of range */
export function encodeMetrics(metrics: Metrics): Uint8Array {
  checkMetrics(metrics);
  const { low: macsLow, high: macsHigh } = splitWide(metrics.macs);
  const { round, attempt, trainMs, slices, bytesUp, bytesDown, reconnects, heapBytes } = metrics;
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
  };
  return encodeFrame('metrics', encodeFields(METRICS, METRICS_BYTES, fields), []);
}

/** @throws ProtocolError */
export function decodeMetrics(bytes: Uint8Array): Metrics {
  const frame = decodeFrame('metrics', bytes);
  expectEmpty(frame);
  const { macsLow, macsHigh, ...rest } = decodeFields(METRICS, frame.head);
  return decoding(() => {
    const metrics = { ...rest, macs: joinWide(macsLow, macsHigh) };
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
  checkInteger('heapBytes', metrics.heapBytes, 0, UINT32_MAX);
}
