/**
 * Tells a person how an experiment goes: a line for each run, and in a terminal a bar under them.
 * It only reads events.
 * @module
 */
import type { BenchEvents, Work } from '../experiment/bench.js';
import type { JobResult } from '../experiment/job.js';
import type { Run } from '../experiment/journal.js';
import type { Output } from './bar.js';

const BAR_WIDTH = 30;
/** Redrawing for each round of a small run would only cost time. */
const REDRAW_MS = 100;

export class Progress implements BenchEvents {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #startMs: number;
  #runs = 0;
  #runsDone = 0;
  #rounds = 0;
  #roundsDone = 0;
  #drawnMs = 0;

  /** @param now milliseconds */
  constructor(output: Output, now: () => number) {
    this.#output = output;
    this.#now = now;
    this.#startMs = now();
  }

  onPlanned = ({ runs, rounds, kept }: Work): void => {
    this.#runs += runs;
    this.#rounds += rounds;
    if (kept > 0) this.line(`${kept} of ${kept + runs} runs are there already`);
    else this.#redraw();
  };

  onRound = (): void => {
    this.#roundsDone++;
    if (this.#now() - this.#drawnMs < REDRAW_MS) return;
    this.#redraw();
  };

  onRun = (name: string, { result }: Run): void => {
    this.#runsDone++;
    this.line(`${name}: ${resultText(result)}`);
  };

  onNote = (text: string): void => this.line(text);

  /** A line of its own above the bar. */
  line(text: string): void {
    this.clear();
    this.#output.write(`${text}\n`);
    this.#draw();
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.#output.isTerminal) this.#output.write('\r\x1b[2K');
  }

  #redraw(): void {
    this.clear();
    this.#draw();
  }

  #draw(): void {
    if (!this.#output.isTerminal || this.#runsDone === this.#runs) return;
    this.#drawnMs = this.#now();
    const part = this.#roundsDone / this.#rounds;
    const filled = Math.round(BAR_WIDTH * part);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
    this.#output.write(`${bar} ${this.#runsDone}/${this.#runs} runs${this.#left(part)}`);
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
