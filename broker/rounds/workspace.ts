/**
 * Memory for reading updates one after the other. New arrays for each would have to be cleared first, which
 * takes a fifth of the time that an update costs the broker. What was read holds until the next copy.
 * @module
 */
import { align4 } from '../../shared/model/layout.js';

export class Workspace {
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(0);
  #used = 0; // words given away since the last copy

  /** A copy at an offset that views of numbers can have; everything given before is free again. */
  readonly copy = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length > this.#bytes.length) this.#bytes = new Uint8Array(align4(bytes.length));
    this.#used = 0;
    const own = this.#bytes.subarray(0, bytes.length);
    own.set(bytes);
    return own;
  };

  /** @returns `count` words of any content */
  readonly words = (count: number): Uint32Array => {
    // what was given before keeps its array
    if (this.#used + count > this.#words.length) this.#words = new Uint32Array(2 * (this.#used + count));
    const words = this.#words.subarray(this.#used, this.#used + count);
    this.#used += count;
    return words;
  };
}
