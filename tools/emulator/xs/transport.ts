/**
 * A board's transport on the XS host: what the firmware asks goes to the emulator, which has the real
 * connection; what happens there comes back as frames.
 * @module
 */
import type {
  MessageSink,
  Transport,
  TransportEvents,
  TransportOptions,
} from '../../../firmware/ports/ports.js';
import { FROM_BOARD, TO_BOARD } from './kinds.js';
import type { Host } from './native.js';

/** Of a message, at once: a TCP segment. */
const PIECE_BYTES = 1436;

export class XsTransport implements Transport {
  readonly #host: Host;
  readonly #piece = new Uint8Array(PIECE_BYTES);
  #events: TransportEvents | undefined; // while open
  #sink: MessageSink | undefined; // of the message on its way
  #acknowledge = new Map<number, () => void>(); // by id, those in flight
  #connection = 0;
  #id = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  open({ clientId, keepAliveMs, will }: TransportOptions, events: TransportEvents): void {
    if (this.#events !== undefined) throw new RangeError('transport open, expected closed');
    this.#events = events;
    this.#connection += 1;
    this.#host.send(FROM_BOARD.open, this.#connection, clientId, keepAliveMs, will.topic, will.payload);
  }

  subscribe(topic: string): void {
    this.#host.send(FROM_BOARD.subscribe, topic);
  }

  unsubscribe(topic: string): void {
    this.#host.send(FROM_BOARD.unsubscribe, topic);
  }

  publish(topic: string, payload: Uint8Array, qos: 0 | 1, onAcknowledged: () => void): void {
    this.#id += 1;
    this.#acknowledge.set(this.#id, onAcknowledged);
    this.#host.send(FROM_BOARD.publish, this.#connection, this.#id, topic, qos, payload);
  }

  close(): void {
    this.#forget();
    this.#host.send(FROM_BOARD.close);
  }

  /** A frame from the emulator. */
  receive(kind: number): void {
    const host = this.#host;
    const events = this.#events;
    if (host.integer() !== this.#connection || events === undefined) return; // of an earlier connection
    if (kind === TO_BOARD.connected) events.onConnected();
    else if (kind === TO_BOARD.message) {
      const topic = host.text();
      this.#sink = events.onMessage(topic, host.integer());
    } else if (kind === TO_BOARD.piece) this.#readPiece();
    else if (kind === TO_BOARD.messageEnd) {
      const sink = this.#sink;
      this.#sink = undefined;
      sink?.end();
    } else if (kind === TO_BOARD.acknowledged) {
      const id = host.integer();
      const onAcknowledged = this.#acknowledge.get(id);
      this.#acknowledge.delete(id);
      onAcknowledged?.();
    } else if (kind === TO_BOARD.closed) {
      this.#forget();
      events.onClosed(host.text());
    }
  }

  #readPiece(): void {
    if (this.#sink === undefined) return;
    const length = this.#host.integer();
    const piece = length === PIECE_BYTES ? this.#piece : this.#piece.subarray(0, length);
    this.#host.copy(piece);
    this.#sink.write(piece);
  }

  #forget(): void {
    this.#events = undefined;
    this.#sink = undefined;
    this.#acknowledge.clear();
  }
}
