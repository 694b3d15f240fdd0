/**
 * What boards and broker say, for whoever waits for a line.
 * @module
 */

const WAIT_MS = 60_000;

export class Lines {
  readonly #lines: string[] = [];
  readonly #isShown: (line: string) => boolean;
  #wake: () => void = () => {};

  /** @param isShown whether a person sees a line */
  constructor(isShown: (line: string) => boolean) {
    this.#isShown = isShown;
  }

  push(line: string): void {
    this.#lines.push(line);
    if (this.#isShown(line)) console.log(line);
    this.#wake();
  }

  /** The first line of that form. @throws Error when nobody says it in time */
  async heard(pattern: RegExp): Promise<string> {
    const untilMs = performance.now() + WAIT_MS;
    for (;;) {
      const line = this.#lines.find((one) => pattern.test(one));
      if (line !== undefined) return line;
      if (performance.now() > untilMs) throw new Error(`nobody said ${pattern}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 1000);
      });
    }
  }
}
