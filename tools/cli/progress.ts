/**
 * Tells a person how an experiment goes: a line for each run, and in a terminal a bar under them.
 * It only reads events.
 * @module
 */
import type { BenchEvents, Work } from '../experiment/bench.js';
import type { JobResult } from '../experiment/job.js';
import type { Run } from '../experiment/journal.js';
import { Bar, type Output } from './bar.js';

/** Redrawing for each round of a small run would only cost time. */
const REDRAW_MS = 100;

export class Progress implements BenchEvents {
  readonly #bar: Bar;
  readonly #now: () => number;
  readonly #startMs: number;
  #runs = 0;
  #runsDone = 0;
  #rounds = 0;
  #roundsDone = 0;
  #shownMs = 0;

  /** @param now milliseconds */
  constructor(output: Output, now: () => number) {
    this.#bar = new Bar(output);
    this.#now = now;
    this.#startMs = now();
  }

  onPlanned = ({ runs, rounds, kept }: Work): void => {
    this.#runs += runs;
    this.#rounds += rounds;
    if (kept > 0) this.line(`${kept} of ${kept + runs} runs are there already`);
    this.#show();
  };

  onRound = (): void => {
    this.#roundsDone++;
    if (this.#now() - this.#shownMs >= REDRAW_MS) this.#show();
  };

  onRun = (name: string, { result }: Run): void => {
    this.#runsDone++;
    this.line(`${name}: ${resultText(result)}`);
    this.#show();
  };

  onNote = (text: string): void => this.line(text);

  /** A line of its own, above the bar while there is one. */
  line(text: string): void {
    this.#bar.line(text);
  }

  /** Takes the bar away. */
  clear(): void {
    this.#bar.clear();
  }

  #show(): void {
    if (this.#runsDone === this.#runs) {
      this.#bar.clear();
      return;
    }
    this.#shownMs = this.#now();
    const part = this.#roundsDone / this.#rounds;
    this.#bar.show(part, `${this.#runsDone}/${this.#runs} runs${this.#left(part)}`);
  }

  #left(part: number): string {
    const seconds = (this.#now() - this.#startMs) / 1000;
    if (part === 0 || seconds < 2) return '';
    const left = (seconds * (1 - part)) / part;
    return left < 90 ? `, ${Math.ceil(left)} s left` : `, ${Math.ceil(left / 60)} min left`;
  }
}

function resultText(result: JobResult): string {
  return (
    `accuracy ${(100 * result.accuracy).toFixed(2)} %, loss ${result.loss.toFixed(3)}, ` +
    `update ${Math.round(result.updateBytes)} B (most ${result.updateBytesMost}), ` +
    `${Math.round(result.macsPerExample)} MAC per example, ${result.seconds.toFixed(1)} s`
  );
}
