/**
 * A transport whose network misbehaves on demand: it refuses connections, breaks them after some
 * bytes, delays, repeats and damages messages. What it does depends on the seed and on the bytes that went through,
 * never on the time, so that a failure can be repeated.
 * @module
 */
import type { Clock, MessageSink, TransportEvents, TransportOptions } from '../../firmware/ports/ports.js';
import { Random } from '../../shared/fixed/random.js';
import type { BreakableTransport } from './transport.js';

export interface Faults {
  readonly seed: number;
  /** A connection breaks after so many payload bytes, both ways together, drawn for each. */
  readonly breakAfterBytes?: { readonly min: number; readonly max: number };
  /** Of 256 tries to connect, so many are refused. */
  readonly refuseOf256?: number;
  /** Each message waits up to so long, in either direction; order is kept. */
  readonly delayMs?: number;
  /** Of 256 messages sent, so many go out twice, each time as a whole MQTT packet. */
  readonly repeatOf256?: number;
  /** Of 256 messages sent, so many arrive with one byte changed, in an MQTT packet that is right. */
  readonly damageOf256?: number;
}

export class FaultyTransport implements BreakableTransport {
  readonly #inner: BreakableTransport;
  readonly #clock: Clock;
  readonly #faults: Faults;
  readonly #random: Random;
  #events: TransportEvents | undefined; // while open
  #bytesLeft = Number.POSITIVE_INFINITY;
  #refuseNext = 0;
  #dueMs = 0; // of the last message that waits
  readonly #waiting: (() => void)[] = []; // in their order

  constructor(inner: BreakableTransport, clock: Clock, faults: Faults) {
    this.#inner = inner;
    this.#clock = clock;
    this.#faults = faults;
    this.#random = new Random(faults.seed);
  }

  /** The next `tries` connections are refused. */
  refuse(tries: number): void {
    this.#refuseNext = tries;
  }

  /** Breaks the connection, now or after more payload bytes. */
  breakAfter(bytes: number): void {
    this.#bytesLeft = bytes;
    if (bytes === 0) this.#break('broken');
  }

  open(options: TransportOptions, events: TransportEvents): void {
    const { refuseOf256, breakAfterBytes } = this.#faults;
    this.#events = events;
    this.#bytesLeft = Number.POSITIVE_INFINITY;
    if (breakAfterBytes !== undefined) {
      const { min, max } = breakAfterBytes;
      this.#bytesLeft = min + this.#random.below(max - min + 1);
    }
    if (this.#refuseNext > 0 || this.#happens(refuseOf256)) {
      this.#refuseNext = Math.max(0, this.#refuseNext - 1);
      this.#clock.after(0, () => events === this.#events && this.#break('refused'));
      return;
    }
    this.#inner.open(options, {
      onConnected: () => events.onConnected(),
      onMessage: (topic, lengthBytes) => this.#receive(topic, lengthBytes),
      onClosed: (reason) => {
        this.#events = undefined;
        events.onClosed(reason);
      },
    });
  }

  subscribe(topic: string): void {
    this.#later(() => this.#inner.subscribe(topic));
  }

  unsubscribe(topic: string): void {
    this.#later(() => this.#inner.unsubscribe(topic));
  }

  publish(topic: string, payload: Uint8Array, qos: 0 | 1, onAcknowledged: () => void): void {
    const copy = payload.slice();
    if (this.#happens(this.#faults.damageOf256)) {
      copy[this.#random.below(copy.length)] ^= 1 << this.#random.below(8);
    }
    this.#later(() => {
      this.#bytesLeft -= copy.length;
      if (this.#bytesLeft > 0) this.#inner.publish(topic, copy, qos, onAcknowledged);
      else if (this.#random.below(2) === 0) this.#break('broken before a message');
      // The message arrives, its acknowledgement does not.
      else this.#inner.publish(topic, copy, qos, () => this.#break('broken before an acknowledgement'));
    });
    if (this.#happens(this.#faults.repeatOf256)) {
      this.#later(() => this.#inner.publish(topic, copy, qos, () => {}));
    }
  }

  close(): void {
    this.#events = undefined;
    this.#inner.close();
  }

  cut(): void {
    this.#events = undefined;
    this.#inner.cut();
  }

  #happens(of256 = 0): boolean {
    return of256 > 0 && this.#random.below(256) < of256;
  }

  #break(reason: string): void {
    const events = this.#events;
    this.cut();
    events?.onClosed(reason);
  }

  #receive(topic: string, lengthBytes: number): MessageSink {
    const pieces: Uint8Array[] = [];
    return {
      write: (bytes) => pieces.push(bytes.slice()),
      end: () => this.#later(() => this.#handOver(topic, lengthBytes, pieces)),
    };
  }

  /** Hands a message over piece by piece; the break may come in the middle of it. */
  #handOver(topic: string, lengthBytes: number, pieces: readonly Uint8Array[]): void {
    const events = this.#events;
    const sink = events?.onMessage(topic, lengthBytes);
    for (const piece of pieces) {
      this.#bytesLeft -= piece.length;
      if (this.#bytesLeft < 0) this.#break('broken in a message');
      if (this.#events !== events) return;
      sink?.write(piece);
    }
    sink?.end();
  }

  /** In order, each after its own delay, and only in the connection that it was meant for. */
  #later(action: () => void): void {
    const events = this.#events;
    const { delayMs = 0 } = this.#faults;
    if (delayMs === 0) {
      action();
      return;
    }
    const nowMs = this.#clock.nowMs();
    this.#dueMs = Math.max(this.#dueMs, nowMs + this.#random.below(delayMs + 1));
    this.#waiting.push(() => {
      if (this.#events === events && events !== undefined) action();
    });
    // whichever timer is due, the first that waits is meant: in a long turn a later one can be due earlier
    this.#clock.after(this.#dueMs - nowMs, () => this.#waiting.shift()?.());
  }
}
