/**
 * Cuts connections that announce a packet longer than allowed, before the parser buffers it:
 * Aedes has no limit of its own, and four strangers with 200 MB each took 800 MB.
 * It walks the fixed headers only and knows nothing of what the packets say.
 * Source: MQTT 3.1.1, section 2.2 (fixed header, remaining length).
 * @module
 */
import type { Duplex } from 'node:stream';

const MAX_LENGTH_SHIFT = 21; // the remaining length has at most four bytes of 7 bits [MQTT-2.2.3]

type GuardState = 'type' | 'length' | 'body';

export class FrameGuard {
  #limitBytes: number;
  #state: GuardState = 'type';
  #length = 0;
  #shift = 0;

  /** @param limitBytes longest remaining length (variable header and payload) of a packet */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  raiseTo(limitBytes: number): void {
    this.#limitBytes = limitBytes;
  }

  /** Walks the next bytes of the stream; false when a packet in them is too long or no MQTT. */
  accept(chunk: Uint8Array): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'body') {
        const step = Math.min(this.#length, chunk.length - at);
        at += step;
        this.#length -= step;
        if (this.#length === 0) this.#state = 'type';
      } else if (this.#state === 'type') {
        at += 1;
        this.#state = 'length';
        this.#length = 0;
        this.#shift = 0;
      } else {
        const byte = chunk[at];
        at += 1;
        this.#length += (byte & 127) << this.#shift;
        if (this.#length > this.#limitBytes) return false;
        if (byte < 128) this.#state = this.#length === 0 ? 'type' : 'body';
        else if (this.#shift === MAX_LENGTH_SHIFT) return false;
        else this.#shift += 7;
      }
    }
    return true;
  }
}

/** Puts a guard between a connection and its reader. `onCut` is called once, then the link is gone. */
export function guardConnection(connection: Duplex, guard: FrameGuard, onCut: () => void): void {
  const read = connection.read.bind(connection);
  connection.read = (size?: number) => {
    const chunk: Buffer | null = read(size);
    if (chunk === null || guard.accept(chunk)) return chunk;
    onCut();
    connection.destroy();
    return null;
  };
}
