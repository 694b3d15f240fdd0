/**
 * The numbers of the firmware that a host may change. They decide when a board speaks, never what
 * it computes.
 * @module
 */
import { frozen } from '../../shared/fixed/frozen.js';

/** major · 2^16 + minor · 2^8 + patch; in every status. */
export const FIRMWARE_VERSION = 0x000100;

export interface Settings {
  /** MQTT keep-alive. An upload has 1.5 times as long; a broker counts only whole packets. */
  readonly keepAliveMs: number;
  /** Upper end of the first wait before connecting again; doubles with every failure. */
  readonly backoffFirstMs: number;
  /** The wait never grows beyond this. */
  readonly backoffMaxMs: number;
  /** A connection that lasted as long is good: the next wait starts from the first again. */
  readonly stableMs: number;
  /** A message unacknowledged for as long means a dead connection. */
  readonly acknowledgeMs: number;
  /** A download without a byte for as long is asked for again. */
  readonly downloadMs: number;
}

export const SETTINGS: Settings = frozen({
  keepAliveMs: 60_000,
  backoffFirstMs: 1_000,
  backoffMaxMs: 60_000,
  stableMs: 10_000,
  acknowledgeMs: 90_000,
  downloadMs: 30_000,
});
