/**
 * A board's clock on the XS host: timers in order of time, run between two frames.
 * @module
 */
import type { Clock, Timer } from '../../../firmware/ports/ports.js';
import type { Host } from './native.js';

interface Pending {
  readonly dueMs: number;
  readonly callback: () => void;
}

export class XsClock implements Clock {
  readonly #host: Host;
  #pending: Pending[] = []; // the next one first

  constructor(host: Host) {
    this.#host = host;
  }

  nowMs(): number {
    return this.#host.nowMs();
  }

  after(delayMs: number, callback: () => void): Timer {
    const pending: Pending = { dueMs: this.nowMs() + delayMs, callback };
    let at = this.#pending.length;
    while (at > 0 && this.#pending[at - 1].dueMs > pending.dueMs) at--;
    this.#pending.splice(at, 0, pending);
    return {
      cancel: () => {
        const place = this.#pending.indexOf(pending);
        if (place >= 0) this.#pending.splice(place, 1);
      },
    };
  }

  /** Runs what is due; what that asks for waits for the next turn. @returns ms to the next timer, or -1 */
  turn(): number {
    const nowMs = this.nowMs();
    for (let left = this.#pending.length; left > 0; left--) {
      if (this.#pending.length === 0 || this.#pending[0].dueMs > nowMs) break;
      this.#pending.shift()?.callback();
    }
    if (this.#pending.length === 0) return -1;
    return Math.max(0, this.#pending[0].dueMs - this.nowMs());
  }
}
