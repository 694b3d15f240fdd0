/**
 * About how much energy a board has spent: measured times in each state, times what the state draws. Good for
 * comparing rounds and boards, not for sizing a battery. The currents are rough: of the order of what Espressif's series
 * datasheets give by mode and radio state (CPU at full clock, 802.11n), for the chip alone, not measured here.
 * Look them up before you quote a figure; boards differ by half.
 * @module
 */
import { frozen } from '../../shared/fixed/frozen.js';
import type { Clock, Transport } from '../ports/ports.js';

/** Currents in mA at 3.3 V. */
interface Draw {
  readonly idle: number; // Wi-Fi joined, its radio on for beacons only
  readonly busy: number; // the same, and the CPU at work
  readonly send: number; // radio sends
  readonly receive: number;
}

const ESP32_S3: Draw = { idle: 35, busy: 60, send: 285, receive: 90 };

const DRAWS: Readonly<Record<string, Draw>> = frozen({
  esp32: { idle: 30, busy: 50, send: 180, receive: 100 },
  'esp32-s3': ESP32_S3,
  'esp32-s3-psram': ESP32_S3,
  'esp32-c3': { idle: 21, busy: 28, send: 276, receive: 85 },
});

const VOLTS = 3.3;
/** Of payload on the air: slow enough for the headers, acknowledgements and waits of small packets. */
const BYTES_PER_MS = 600;

/** What a board did in a span of time. */
export interface Activity {
  readonly ms: number; // of the span
  readonly busyMs: number; // in which the CPU worked
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** In whole mJ; 0 for a board that the table does not know. @param board profile name */
export function millijoules(board: string, { ms, busyMs, bytesUp, bytesDown }: Activity): number {
  const draw = Object.hasOwn(DRAWS, board) ? DRAWS[board] : undefined;
  if (draw === undefined) return 0;
  const { idle, busy, send, receive } = draw;
  const sendMs = bytesUp / BYTES_PER_MS;
  const receiveMs = bytesDown / BYTES_PER_MS;
  const idleMs = Math.max(0, ms - busyMs - sendMs - receiveMs);
  const charge = idle * idleMs + busy * busyMs + send * sendMs + receive * receiveMs; // µC
  return Math.round((charge * VOLTS) / 1000);
}

/** Measures what a board does by standing before its clock and its transport: the firmware is given these. */
export class EnergyMeter {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly #board: string;
  readonly #nowMs: () => number;
  #sinceMs: number;
  #busyMs = 0;
  #bytesUp = 0;
  #bytesDown = 0;

  /** @param board profile name */
  constructor(board: string, clock: Clock, transport: Transport) {
    this.#board = board;
    this.#nowMs = () => clock.nowMs();
    this.#sinceMs = clock.nowMs();
    this.clock = {
      nowMs: this.#nowMs,
      after: (delayMs, callback) => clock.after(delayMs, () => this.#work(callback)),
    };
    this.transport = this.#counted(transport);
  }

  /** Since the last call, about. */
  millijoules(): number {
    const nowMs = this.#nowMs();
    const spent = millijoules(this.#board, {
      ms: nowMs - this.#sinceMs,
      busyMs: this.#busyMs,
      bytesUp: this.#bytesUp,
      bytesDown: this.#bytesDown,
    });
    this.#sinceMs = nowMs;
    this.#busyMs = 0;
    this.#bytesUp = 0;
    this.#bytesDown = 0;
    return spent;
  }

  #work(callback: () => void): void {
    const startMs = this.#nowMs();
    try {
      callback();
    } finally {
      this.#busyMs += this.#nowMs() - startMs;
    }
  }

  #counted(transport: Transport): Transport {
    return {
      open: (options, events) =>
        transport.open(options, {
          onConnected: () => events.onConnected(),
          onClosed: (reason) => events.onClosed(reason),
          onMessage: (topic, lengthBytes) => {
            const sink = events.onMessage(topic, lengthBytes);
            if (sink !== undefined) this.#bytesDown += lengthBytes;
            return sink;
          },
        }),
      subscribe: (topic) => transport.subscribe(topic),
      unsubscribe: (topic) => transport.unsubscribe(topic),
      publish: (topic, payload, qos, onAcknowledged) => {
        this.#bytesUp += payload.length;
        transport.publish(topic, payload, qos, onAcknowledged);
      },
      close: () => transport.close(),
    };
  }
}
