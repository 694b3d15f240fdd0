/**
 * Lines for a person with a progress bar under them in a terminal; in a pipe only the lines.
 * @module
 */

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
}

const WIDTH = 30;
/** Back to the first column, then erase the line (ECMA-48). */
const ERASE_LINE = '\r\x1b[2K';

export class Bar {
  readonly #output: Output;
  #text = ''; // of the bar; empty = none

  constructor(output: Output) {
    this.#output = output;
  }

  /** A line of its own above the bar. */
  line(text: string): void {
    this.#erase();
    this.#output.write(`${text}\n`);
    this.#draw();
  }

  /** @param part 0 to 1 */
  show(part: number, text: string): void {
    const filled = Math.round(WIDTH * part);
    this.#erase();
    this.#text = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${text}`;
    this.#draw();
  }

  /** Takes the bar away for good, or until the next `show`. */
  clear(): void {
    this.#erase();
    this.#text = '';
  }

  #erase(): void {
    if (this.#output.isTerminal && this.#text !== '') this.#output.write(ERASE_LINE);
  }

  #draw(): void {
    if (this.#output.isTerminal) this.#output.write(this.#text);
  }
}
