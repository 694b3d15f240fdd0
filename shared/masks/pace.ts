/**
 * When long work pauses. Pieces of work are small, and on XS a pause costs thousands of instructions for every
 * generator that it passes on its way out and in again: several pieces share one. Work is counted in
 * multiply-accumulates, so where it pauses is the same everywhere, and no bit depends on it.
 *
 *     if (pace.isDue(macs)) yield pace.take();
 * @module
 */
export class Pace {
  /** Of one piece at most, where it can be divided. */
  readonly pieceMacs: number;
  #done = 0; // since the last pause

  /** @param sliceMacs between two pauses at most, 1 or more */
  constructor(sliceMacs: number) {
    this.pieceMacs = Math.max(1, Math.floor(sliceMacs / 2)); // an integer: doubles cost more on XS
  }

  /** Adds a piece of work. @returns whether to pause now: with another piece it might be too much */
  isDue(macs: number): boolean {
    this.#done += macs;
    return this.#done >= this.pieceMacs;
  }

  /** @returns the work since the last pause, which begins now */
  take(): number {
    const done = this.#done;
    this.#done = 0;
    return done;
  }

  /** What may be done till the next pause is due: 0 or less when it is. */
  get room(): number {
    return this.pieceMacs - this.#done;
  }

  /** How many elements of so much work fit a piece, one at least. */
  elements(macs: number): number {
    return Math.max(1, Math.floor(this.pieceMacs / macs));
  }
}
