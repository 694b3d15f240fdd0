/**
 * Cuts what a person types into lines. Backspace takes a character back.
 * @module
 */

/** A longer line is not a command of ours. */
const MAX_LINE = 200;

export class LineReader {
  readonly #onLine: (line: string) => void;
  #line = '';
  #wasReturn = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** @param text as it comes, in any pieces; lines end in \n, \r or both */
  push(text: string): void {
    for (const char of text) {
      const isSecond = char === '\n' && this.#wasReturn;
      this.#wasReturn = char === '\r';
      if (isSecond) continue;
      if (char === '\n' || char === '\r') this.#end();
      else if (char === '\b' || char === '\x7f') this.#line = this.#line.slice(0, -1);
      else if (char >= ' ' && this.#line.length < MAX_LINE) this.#line += char;
    }
  }

  #end(): void {
    const line = this.#line;
    this.#line = '';
    this.#onLine(line);
  }
}

/**
 * The words of a line; "double quotes" keep blanks within a word, and make an empty one.
 * @returns undefined when a quote is not closed
 */
export function wordsOf(line: string): string[] | undefined {
  const words: string[] = [];
  const pattern = /\s*(?:"([^"]*)"|([^\s"]+)|(\S))/y;
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    if (match[3] !== undefined) return undefined;
    words.push(match[1] ?? match[2]);
  }
  return words;
}
