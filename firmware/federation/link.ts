/**
 * The board's connection to its broker, kept up: connects again after a loss, subscribes again,
 * and sends one message at a time. Knows topics only as names and frames only as bytes.
 *
 * What was not acknowledged when a connection ends is forgotten here: the owner says again, in
 * `onUp`, what still matters (MQTT 3.1.1 clients on boards do not retry either).
 * @module
 */
import type { Clock, Entropy, Log, MessageSink, Timer, Transport, TransportOptions } from '../ports/ports.js';
import { Backoff } from './backoff.js';
import { guarded, reasonOf } from './guard.js';
import type { Settings } from './settings.js';

export interface LinkEvents {
  /** Connected, and subscribed to every topic asked for. */
  onUp(): void;
  /** The connection is gone; messages half received will not go on. */
  onDown(): void;
  /** As in the port. */
  onMessage(topic: string, lengthBytes: number): MessageSink | undefined;
}

export interface LinkOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly settings: Settings;
  readonly clientId: string;
  readonly will: TransportOptions['will'];
}

interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly onAcknowledged: () => void;
}

type State = 'stopped' | 'resting' | 'connecting' | 'up';

export class Link {
  readonly #options: LinkOptions;
  readonly #backoff: Backoff;
  readonly #topics = new Set<string>();
  #events: LinkEvents | undefined;
  #state: State = 'stopped';
  #timer: Timer | undefined; // the rest between two attempts, or the wait for an acknowledgement
  #upSinceMs = 0;
  #connections = 0;
  #inFlight: Message | undefined;
  #queue: Message[] = []; // at most one per topic

  constructor(options: LinkOptions) {
    const { settings, entropy } = options;
    this.#options = options;
    this.#backoff = new Backoff(settings.backoffFirstMs, settings.backoffMaxMs, entropy);
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  /** Connections made after the first. */
  get reconnects(): number {
    return Math.max(0, this.#connections - 1);
  }

  start(events: LinkEvents): void {
    if (this.#state !== 'stopped') throw new RangeError(`link state ${this.#state}, expected stopped`);
    this.#events = events;
    this.#connect();
  }

  /** Disconnects for good; the will is not published. */
  stop(): void {
    this.#forget();
    this.#state = 'stopped';
    this.#options.transport.close();
  }

  /** Holds over connections until `unsubscribe`. Asking again fetches a retained message again. */
  subscribe(topic: string): void {
    this.#topics.add(topic);
    if (this.isUp) this.#options.transport.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    if (this.#topics.delete(topic) && this.isUp) this.#options.transport.unsubscribe(topic);
  }

  /**
   * Sends after the messages before it, or drops it while there is no connection. A message that
   * still waits gives way to a newer one of its topic.
   * @param payload at least one byte (an empty message on a subscribed topic freezes a board's
   *   MQTT client); not changed by the caller before it was acknowledged
   * @throws RangeError when the payload is empty
   */
  send(topic: string, payload: Uint8Array, qos: 0 | 1, onAcknowledged: () => void = nothing): void {
    if (payload.length === 0) throw new RangeError(`payload of ${topic} 0 bytes, expected at least 1`);
    if (!this.isUp) return;
    const message = { topic, payload, qos, onAcknowledged };
    const waiting = this.#queue.findIndex((other) => other.topic === topic);
    if (waiting >= 0) this.#queue[waiting] = message;
    else this.#queue.push(message);
    this.#sendNext();
  }

  #connect(): void {
    const { transport, settings, clientId, will, log } = this.#options;
    this.#state = 'connecting';
    this.#timer = undefined;
    try {
      transport.open(
        { clientId, keepAliveMs: settings.keepAliveMs, will },
        {
          onConnected: guarded(log, 'connected', () => this.#connected()),
          onClosed: guarded(log, 'closed', (reason: string) => this.#lost(reason)),
          onMessage: (topic, lengthBytes) => this.#message(topic, lengthBytes),
        },
      );
    } catch (error) {
      this.#lost(reasonOf(error)); // a socket that cannot even be made must not end the tries
    }
  }

  #connected(): void {
    const { transport, clock } = this.#options;
    this.#state = 'up';
    this.#connections += 1;
    this.#upSinceMs = clock.nowMs();
    for (const topic of this.#topics) transport.subscribe(topic);
    this.#events?.onUp();
  }

  #lost(reason: string): void {
    const { clock, log, settings } = this.#options;
    const wasUp = this.isUp;
    this.#forget();
    this.#state = 'resting';
    if (wasUp && clock.nowMs() - this.#upSinceMs >= settings.stableMs) this.#backoff.reset();
    const restMs = this.#backoff.next();
    log.line(`connection closed (${reason}), next try in ${restMs} ms`);
    this.#timer = clock.after(
      restMs,
      guarded(log, 'connect', () => this.#connect()),
    );
    if (wasUp) this.#events?.onDown();
  }

  #forget(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#inFlight = undefined;
    this.#queue = [];
  }

  #sendNext(): void {
    const { transport, clock, log, settings } = this.#options;
    if (this.#inFlight !== undefined) return;
    const message = this.#queue.shift();
    if (message === undefined) return;
    this.#inFlight = message;
    this.#timer = clock.after(
      settings.acknowledgeMs,
      guarded(log, 'acknowledgement', () => {
        transport.close();
        this.#lost(`no acknowledgement for ${message.topic} in ${settings.acknowledgeMs} ms`);
      }),
    );
    transport.publish(
      message.topic,
      message.payload,
      message.qos,
      guarded(log, 'acknowledged', () => this.#acknowledged(message)),
    );
  }

  #acknowledged(message: Message): void {
    if (this.#inFlight !== message) return; // of a connection that is gone
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#inFlight = undefined;
    try {
      message.onAcknowledged();
    } finally {
      this.#sendNext();
    }
  }

  /** A sink that throws gets no more of its message; the connection goes on. */
  #message(topic: string, lengthBytes: number): MessageSink | undefined {
    let sink: MessageSink | undefined;
    const step = (action: () => void) => {
      try {
        action();
      } catch (error) {
        sink = undefined;
        this.#options.log.line(`message on ${topic} dropped: ${reasonOf(error)}`);
      }
    };
    step(() => {
      sink = this.#events?.onMessage(topic, lengthBytes);
    });
    if (sink === undefined) return undefined;
    return { write: (bytes) => step(() => sink?.write(bytes)), end: () => step(() => sink?.end()) };
  }
}

function nothing(): void {}
