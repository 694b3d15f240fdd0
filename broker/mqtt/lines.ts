/**
 * Lines for a person, a few per second however fast strangers cause them.
 * @module
 */

const WINDOW_MS = 1000;
const LINES = 20; // per window

export class Lines {
  readonly #write: (line: string) => void;
  readonly #nowMs: () => number;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(write: (line: string) => void, nowMs: () => number) {
    this.#write = write;
    this.#nowMs = nowMs;
  }

  add(line: string): void {
    const now = this.#nowMs();
    if (now - this.#sinceMs >= WINDOW_MS) {
      if (this.#count > LINES) this.#write(`${this.#count - LINES} lines more were left out`);
      this.#sinceMs = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count <= LINES) this.#write(line);
  }
}
