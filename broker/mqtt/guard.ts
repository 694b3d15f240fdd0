/**
 * Stands between a connection and the parser. It cuts whoever announces a packet longer than allowed,
 * before the parser buffers it: Aedes has no limit of its own, and four strangers with 200 MB each
 * took 800 MB. And it reads no faster than the connection's bucket allows: who floods is slowed by
 * TCP, and costs neither time nor memory.
 * It walks the fixed headers only and knows nothing of what the packets say.
 * Source: MQTT 3.1.1, section 2.2 (fixed header, remaining length).
 * @module
 */
import type { Duplex } from 'node:stream';
import type { Bucket } from './bucket.js';

const MAX_LENGTH_SHIFT = 21; // the remaining length has at most four bytes of 7 bits [MQTT-2.2.3]
const PUBLISH = 3; // control packet type [MQTT-2.2.1]
/** Any packet but PUBLISH: CONNECT with a will has under 200 bytes, SUBSCRIBE with all four topics, too. */
const MAX_OTHER_BYTES = 512;

type GuardState = 'type' | 'length' | 'body';

export class FrameGuard {
  readonly #bucket: Bucket;
  #publishBytes = MAX_OTHER_BYTES; // until CONNECT was accepted
  #limitBytes = 0; // of the packet in hand
  #state: GuardState = 'type';
  #length = 0;
  #shift = 0;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /** @param limitBytes longest remaining length (variable header and payload) of a PUBLISH */
  allowPublish(limitBytes: number): void {
    this.#publishBytes = limitBytes;
  }

  /** Milliseconds until another packet may pass. */
  waitMs(nowMs: number): number {
    return this.#bucket.waitMs(nowMs);
  }

  /**
   * Walks the next bytes of the stream.
   * @returns how many of them may pass now, all or up to the border of a packet for which there is no
   *   token yet; -1 when a packet in them is too long or no MQTT
   */
  accept(chunk: Uint8Array, nowMs: number): number {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'body') {
        const step = Math.min(this.#length, chunk.length - at);
        at += step;
        this.#length -= step;
        if (this.#length === 0) this.#state = 'type';
      } else if (this.#state === 'type') {
        if (this.waitMs(nowMs) > 0) return at;
        this.#limitBytes = chunk[at] >> 4 === PUBLISH ? this.#publishBytes : MAX_OTHER_BYTES;
        at += 1;
        this.#state = 'length';
        this.#length = 0;
        this.#shift = 0;
      } else {
        const byte = chunk[at];
        at += 1;
        this.#length += (byte & 127) << this.#shift;
        if (this.#length > this.#limitBytes) return -1;
        if (byte < 128) {
          this.#state = this.#length === 0 ? 'type' : 'body';
          this.#bucket.takePacket(this.#length);
        } else if (this.#shift === MAX_LENGTH_SHIFT) {
          return -1;
        } else {
          this.#shift += 7;
        }
      }
    }
    return at;
  }
}

export interface GuardEvents {
  /** Too long a packet; the link is gone. Once. */
  onCut(): void;
  /** It floods, and is read slowly from now on. */
  onSlowed(): void;
}

/** Puts a guard between a connection and its reader. */
export function guardConnection(
  connection: Duplex,
  guard: FrameGuard,
  nowMs: () => number,
  events: GuardEvents,
): void {
  const read = connection.read.bind(connection);
  let rest: NodeJS.Timeout | undefined;
  connection.once('close', () => clearTimeout(rest));
  connection.read = (size?: number) => {
    if (rest !== undefined) return null;
    const chunk: Buffer | null = read(size);
    if (chunk === null) return null;
    const count = guard.accept(chunk, nowMs());
    if (count < 0) {
      events.onCut();
      connection.destroy();
      return null;
    }
    if (count === chunk.length) return chunk;
    connection.unshift(chunk.subarray(count));
    rest = setTimeout(() => {
      rest = undefined;
      connection.emit('readable');
    }, guard.waitMs(nowMs()));
    events.onSlowed();
    return count > 0 ? chunk.subarray(0, count) : null;
  };
}
