/**
 * Runs long work in slices, so that MQTT, Wi-Fi and the watchdog get their turn between them. How
 * much a slice holds is counted in multiply-accumulates, never in time: the work cannot notice it.
 * @module
 */
import type { Clock, Timer } from '../ports/ports.js';

/** What running the work took. */
export interface Cost {
  readonly slices: number;
  readonly ms: number;
  readonly longestMs: number; // of one slice
}

export interface SlicesEvents<T> {
  onDone(result: T, cost: Cost): void;
  /** The work, or `onDone`, threw. */
  onFailed(error: unknown): void;
}

export class Slices<T> {
  readonly #clock: Clock;
  readonly #work: Generator<number, T>;
  readonly #sliceMacs: number;
  readonly #events: SlicesEvents<T>;
  readonly #startMs: number;
  #slices = 0;
  #longestMs = 0;
  #timer: Timer | undefined;

  /**
   * Begins at the next turn of the event loop.
   * @param work yields the multiply-accumulates spent since it last did, at most about `sliceMacs`
   */
  constructor(clock: Clock, work: Generator<number, T>, sliceMacs: number, events: SlicesEvents<T>) {
    this.#clock = clock;
    this.#work = work;
    this.#sliceMacs = sliceMacs;
    this.#events = events;
    this.#startMs = clock.nowMs();
    this.#rest();
  }

  /** No callback follows. */
  cancel(): void {
    this.#timer?.cancel();
  }

  #rest(): void {
    this.#timer = this.#clock.after(0, () => {
      try {
        this.#slice();
      } catch (error) {
        this.#events.onFailed(error);
      }
    });
  }

  #slice(): void {
    const startMs = this.#clock.nowMs();
    this.#slices += 1;
    const end = this.#run();
    const nowMs = this.#clock.nowMs();
    this.#longestMs = Math.max(this.#longestMs, nowMs - startMs);
    if (end === undefined) this.#rest();
    else {
      const cost = { slices: this.#slices, ms: nowMs - this.#startMs, longestMs: this.#longestMs };
      this.#events.onDone(end.result, cost);
    }
  }

  /**
   * Small steps share a slice, until one more like the last would be too much.
   * @returns the result, when there is one
   */
  #run(): { readonly result: T } | undefined {
    for (let spent = 0, last = 0; spent === 0 || spent + last <= this.#sliceMacs; spent += last) {
      const { done, value } = this.#work.next();
      if (done === true) return { result: value };
      last = value;
    }
    return undefined;
  }
}
