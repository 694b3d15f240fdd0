/**
 * How much work one connection may cause: tokens that are used up and come back with time. A packet
 * costs one, and one more per KB, up or down.
 * @module
 */

/** Tokens per second. A room of boards whose rounds take 20 ms uses half of it. */
const RATE = 1000;
/** What may be used at once. */
const CAPACITY = 1000;
const BYTES_PER_TOKEN = 1000;

export class Bucket {
  #tokens = CAPACITY;
  #atMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  /** May run into debt: what has begun is finished. */
  takePacket(lengthBytes: number): void {
    this.#tokens -= 1 + lengthBytes / BYTES_PER_TOKEN;
  }

  /** Milliseconds until another packet may pass, 0 when it may. */
  waitMs(nowMs: number): number {
    this.#tokens = Math.min(CAPACITY, this.#tokens + ((nowMs - this.#atMs) * RATE) / 1000);
    this.#atMs = nowMs;
    return this.#tokens > 0 ? 0 : Math.ceil((-this.#tokens * 1000) / RATE) + 1;
  }
}
