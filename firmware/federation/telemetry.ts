/**
 * What a board tells of itself: a status whenever its state changes, metrics after each round; and the count of
 * bytes that they report.
 * @module
 */
import { frozen } from '../../shared/fixed/frozen.js';
import { encodeMetrics } from '../../shared/protocol/metrics.js';
import type { ModelHash } from '../../shared/protocol/model.js';
import type { Plan } from '../../shared/protocol/plan.js';
import { encodeStatus } from '../../shared/protocol/status.js';
import type { Ports, Vitals } from '../ports/ports.js';
import type { Link } from './link.js';
import type { LocalResult } from './localround.js';
import { FIRMWARE_VERSION } from './settings.js';
import type { Cost } from './slices.js';
import { type ClientState, deviceStateOf, planOf } from './state.js';

/** What only the client knows of a status. */
export interface Said {
  readonly state: ClientState;
  readonly examples: number;
  readonly modelHash: ModelHash; // of the model in flash
}

/** Of a host that tells nothing. */
const NO_VITALS: Vitals = frozen({
  heapBytes: 0,
  chunkBytes: 0,
  slots: 0,
  millijoules: 0,
  rssi: 0,
  reset: 'unknown',
});

/** The longest slice that metrics can hold. */
const LONGEST_MS = 65535;

export function statusFrame(ports: Ports, { state, examples, modelHash }: Said): Uint8Array {
  const { identity, freeBytes, firmware } = ports;
  return encodeStatus({
    state: deviceStateOf(state),
    round: planOf(state)?.round ?? 0,
    firmware: firmware?.version ?? FIRMWARE_VERSION,
    board: identity.board,
    freeBytes: freeBytes(),
    examples,
    modelHash,
  });
}

export class Telemetry {
  readonly #ports: Ports;
  readonly #link: Link;
  readonly #topics: { readonly status: string; readonly metrics: string };
  #bytesUp = 0; // since the last metrics
  #bytesDown = 0;

  constructor(ports: Ports, link: Link, topics: { readonly status: string; readonly metrics: string }) {
    this.#ports = ports;
    this.#link = link;
    this.#topics = topics;
  }

  /** Some bytes of a message came. */
  heard(bytes: number): void {
    this.#bytesDown += bytes;
  }

  /** Sends over the link and counts; drops it while there is no connection. */
  send(topic: string, payload: Uint8Array, qos: 0 | 1): void {
    if (!this.#link.isUp) return;
    this.#bytesUp += payload.length;
    this.#link.send(topic, payload, qos);
  }

  sendStatus(said: Said): void {
    if (this.#link.isUp) this.send(this.#topics.status, statusFrame(this.#ports, said), 1);
  }

  /** Of the round that the result is of; the counts begin anew. */
  sendMetrics({ round, attempt }: Plan, { macs }: LocalResult, { ms, slices, longestMs }: Cost): void {
    const metrics = {
      ...(this.#ports.vitals?.() ?? NO_VITALS),
      round,
      attempt,
      trainMs: Math.round(ms),
      slices,
      macs,
      bytesUp: this.#bytesUp,
      bytesDown: this.#bytesDown,
      reconnects: this.#link.reconnects,
      longestSliceMs: Math.min(LONGEST_MS, Math.round(longestMs)),
      freeBytes: this.#ports.freeBytes(),
    };
    this.#bytesUp = 0;
    this.#bytesDown = 0;
    this.send(this.#topics.metrics, encodeMetrics(metrics), 0);
  }
}
