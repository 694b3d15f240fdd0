/**
 * The board's clock: the SDK's millisecond ticks and timers.
 * @module
 */
import Time from 'time';
import Timer from 'timer';
import { guarded } from '../../federation/guard.js';
import type { Clock, Log, Timer as PortTimer } from '../ports.js';

/**
 * Never 0: on Linux a timer of 0 ms goes before all others, and a chain of them, which training in
 * slices is, would keep the sockets waiting.
 */
const SHORTEST_MS = 1;

export class BoardClock implements Clock {
  readonly #log: Log;
  #ticks = Time.ticks;
  #ms = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Ticks turn over after some weeks, so the differences are added up. */
  nowMs(): number {
    const ticks = Time.ticks;
    this.#ms += Time.delta(this.#ticks, ticks);
    this.#ticks = ticks;
    return this.#ms;
  }

  after(delayMs: number, callback: () => void): PortTimer {
    const run = guarded(this.#log, 'timer', callback);
    let timer: Timer | undefined = Timer.set(
      () => {
        timer = undefined;
        run();
      },
      Math.max(SHORTEST_MS, Math.ceil(delayMs)),
    );
    return {
      cancel: () => {
        if (timer !== undefined) Timer.clear(timer);
        timer = undefined;
      },
    };
  }
}
