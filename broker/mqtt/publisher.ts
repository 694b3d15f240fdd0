/**
 * The one publisher of the server: one message per turn of the event loop, in order.
 * Aedes keeps only the highest counter per subscriber, so a message that overtakes another in the
 * same turn makes it vanish without a word; a turn between two publishes prevents that. It does
 * not wait for Aedes' callback, which a frozen subscriber would hold back.
 * @module
 */

interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retained: boolean;
  readonly sent: Promise<void>;
  readonly onSent: () => void;
}

export class Publisher {
  readonly #send: (topic: string, payload: Uint8Array, retained: boolean) => void;
  readonly #queue: Message[] = [];

  constructor(send: (topic: string, payload: Uint8Array, retained: boolean) => void) {
    this.#send = send;
  }

  /**
   * Puts a message at the end of the queue. The payload must not change afterwards.
   * Resolves when it was handed to Aedes: who floods us with messages that need answers waits.
   * @throws RangeError when the payload is empty: it would delete a retained message, and it
   *   freezes Moddable's client
   */
  publish(topic: string, payload: Uint8Array, retained: boolean): Promise<void> {
    if (payload.length === 0) throw new RangeError(`payload of ${topic} 0 bytes, expected at least 1`);
    let onSent = () => {};
    const sent = new Promise<void>((resolve) => {
      onSent = resolve;
    });
    this.#queue.push({ topic, payload, retained, sent, onSent });
    if (this.#queue.length === 1) setImmediate(() => this.#next());
    return sent;
  }

  /** Resolves when everything queued so far was handed to Aedes. */
  async drained(): Promise<void> {
    const last = this.#queue.at(-1);
    if (last !== undefined) await last.sent;
  }

  #next(): void {
    const { topic, payload, retained, onSent } = this.#queue[0];
    this.#send(topic, payload, retained);
    this.#queue.shift(); // only now: a message published meanwhile must not start a second chain
    if (this.#queue.length > 0) setImmediate(() => this.#next());
    onSent();
  }
}
