/** A clock for tests whose time goes on by hand. */
import type { Clock } from '../../../../firmware/ports/ports.js';

export class HandClock implements Clock {
  #ms = 0;
  #waiting: { readonly atMs: number; readonly callback: () => void }[] = [];

  get timers(): number {
    return this.#waiting.length;
  }

  nowMs(): number {
    return this.#ms;
  }

  after(delayMs: number, callback: () => void) {
    const timer = { atMs: this.#ms + delayMs, callback };
    this.#waiting.push(timer);
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((one) => one !== timer);
      },
    };
  }

  /** Time in which no timer gets its turn. */
  block(ms: number): void {
    this.#ms += ms;
  }

  pass(ms: number): void {
    const untilMs = this.#ms + ms;
    for (;;) {
      const [next] = this.#waiting.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#waiting = this.#waiting.filter((one) => one !== next);
      this.#ms = Math.max(this.#ms, next.atMs);
      next.callback();
    }
    this.#ms = untilMs;
  }
}
