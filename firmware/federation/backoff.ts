/**
 * How long to wait before connecting again: exponential, with full jitter, so that a room of boards
 * whose broker restarts does not knock at one moment. Knows no clock.
 * Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015 (full jitter).
 * @module
 */
import type { Entropy } from '../ports/ports.js';

export class Backoff {
  readonly #firstMs: number;
  readonly #maxMs: number;
  readonly #entropy: Entropy;
  #failures = 0;

  /** @throws RangeError unless 1 ≤ firstMs ≤ maxMs */
  constructor(firstMs: number, maxMs: number, entropy: Entropy) {
    if (!(firstMs >= 1 && firstMs <= maxMs)) {
      throw new RangeError(`backoff ${firstMs} to ${maxMs} ms, expected 1 ≤ first ≤ max`);
    }
    this.#firstMs = firstMs;
    this.#maxMs = maxMs;
    this.#entropy = entropy;
  }

  /** Milliseconds to wait after one more failure: uniform below first · 2^failures or max. */
  next(): number {
    let ceiling = this.#firstMs;
    for (let i = 0; i < this.#failures && ceiling < this.#maxMs; i++) ceiling *= 2;
    this.#failures += 1;
    if (ceiling > this.#maxMs) ceiling = this.#maxMs;
    return Math.floor((this.#entropy.next() / 0x1_0000_0000) * ceiling);
  }

  reset(): void {
    this.#failures = 0;
  }
}
