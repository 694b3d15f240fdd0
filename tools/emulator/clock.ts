/**
 * A board's clock on Node. Its timers end with its power.
 * @module
 */
import type { Clock, Timer } from '../../firmware/ports/ports.js';

export class NodeClock implements Clock {
  readonly #pending = new Set<Timer>();
  #isHalted = false;

  nowMs(): number {
    return performance.now();
  }

  after(delayMs: number, callback: () => void): Timer {
    if (this.#isHalted) return { cancel() {} };
    const run = () => {
      this.#pending.delete(timer);
      callback();
    };
    const timer = delayMs > 0 ? timeout(delayMs, run) : immediate(run);
    const pending = this.#pending;
    const cancellable: Timer = {
      cancel() {
        pending.delete(timer);
        timer.cancel();
      },
    };
    pending.add(timer);
    return cancellable;
  }

  /** Power cut: nothing that was asked for happens any more. */
  halt(): void {
    this.#isHalted = true;
    for (const timer of this.#pending) timer.cancel();
    this.#pending.clear();
  }
}

function timeout(delayMs: number, run: () => void): Timer {
  const handle = setTimeout(run, Math.ceil(delayMs));
  return { cancel: () => clearTimeout(handle) };
}

function immediate(run: () => void): Timer {
  const handle = setImmediate(run);
  return { cancel: () => clearImmediate(handle) };
}
