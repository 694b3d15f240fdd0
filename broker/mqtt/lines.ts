/**
 * Lines for a person: the same one once a second, and not many, however fast strangers cause them.
 * @module
 */

const WINDOW_MS = 1000;
const LINES = 20; // per window

export class Lines {
  readonly #write: (line: string) => void;
  readonly #nowMs: () => number;
  #sinceMs = Number.NEGATIVE_INFINITY;
  readonly #told = new Set<string>(); // in this window
  #leftOut = 0;

  constructor(write: (line: string) => void, nowMs: () => number) {
    this.#write = write;
    this.#nowMs = nowMs;
  }

  add(line: string): void {
    const now = this.#nowMs();
    if (now - this.#sinceMs >= WINDOW_MS) {
      if (this.#leftOut > 0) this.#write(`${this.#leftOut} lines more were left out`);
      this.#sinceMs = now;
      this.#told.clear();
      this.#leftOut = 0;
    }
    if (this.#told.has(line) || this.#told.size >= LINES) {
      this.#leftOut += 1;
      return;
    }
    this.#told.add(line);
    this.#write(line);
  }
}
