/**
 * Tells a person how a federation goes: one line per round, a progress bar under them in a
 * terminal, plain lines in a pipe, a summary at the end. It only reads events.
 * @module
 */
import type { FederationEvent, FederationSummary, RoundSummary } from '../../broker/rounds/event.js';
import type { Metrics } from '../../shared/protocol/metrics.js';
import { Bar, type Output } from './bar.js';

type Reset = Metrics['reset'];

/** What no person wanted. */
const FAULTS: readonly Reset[] = ['crash', 'watchdog', 'brownout'];

const HEADER = 'round  accuracy    loss    boards        up       down   MAC/example      time';

export class Report {
  readonly #bar: Bar;
  #rounds = 0;
  #committed = 0;
  #hasHeader = false;
  readonly #seen = new Map<string, number>(); // label that a device's model saw last
  readonly #resets = new Map<string, Reset>(); // by device

  constructor(output: Output) {
    this.#bar = new Bar(output);
  }

  onEvent(event: FederationEvent): void {
    switch (event.kind) {
      case 'started':
        this.#rounds = event.rounds;
        this.#committed = event.committed;
        break;
      case 'waiting':
        this.#show(`waiting for boards, ${event.ready} of ${event.wanted} ready`);
        break;
      case 'announced':
        this.#show(`round ${event.round}: ${event.cohort} boards train`);
        break;
      case 'report':
        this.#show(`round ${event.round}: ${event.reported} of ${event.goal} boards reported`);
        break;
      case 'committed':
        this.#committed = event.round;
        if (!this.#hasHeader) this.line(HEADER);
        this.#hasHeader = true;
        this.line(roundLine(event));
        break;
      case 'abandoned':
        this.line(
          `round ${event.round} abandoned: ${event.reported} reports, expected ${event.minimum} or more; it starts again`,
        );
        break;
      case 'finished':
        this.#bar.clear();
        break;
      case 'dealt':
        this.#show(`part ${event.part + 1} for ${event.device}, ${event.dealt} of ${event.parts} dealt`);
        break;
      case 'not dealt':
        this.line(`${event.device} gets no examples: ${event.reason}`);
        break;
      case 'moments':
        this.#show(`${event.devices} boards have windows`);
        break;
      case 'normalised':
        this.line(`normalisation learned from ${event.devices} boards`);
        break;
      case 'prediction':
        if (this.#seen.get(event.device) !== event.label) {
          this.line(`${event.device} sees ${event.label}, ${event.percent} %`);
        }
        this.#seen.set(event.device, event.label);
        break;
      case 'metrics':
        this.#tellReset(event.device, event.metrics.reset);
        break;
      case 'device':
        break;
    }
  }

  /** A line of its own, above the progress bar while there is one. */
  line(text: string): void {
    this.#bar.line(text);
  }

  /** A board that restarted by itself is told of once, until it starts for another reason. */
  #tellReset(device: string, reset: Reset): void {
    const before = this.#resets.get(device);
    this.#resets.set(device, reset);
    if (reset !== before && FAULTS.includes(reset)) this.line(`${device} had restarted: ${reset}`);
  }

  #show(text: string): void {
    this.#bar.show(this.#committed / this.#rounds, `${this.#committed}/${this.#rounds}  ${text}`);
  }
}

/** A report on this process' standard output. */
export function terminalReport(): Report {
  const { stdout } = process;
  return new Report({ write: (text) => void stdout.write(text), isTerminal: stdout.isTTY === true });
}

export function roundLine(round: RoundSummary): string {
  const share = (100 * round.macsPerExample) / round.denseMacsPerExample;
  const accuracy = round.accuracy ?? round.heldBackAccuracy;
  return [
    String(round.round).padStart(5),
    (accuracy === undefined ? 'unknown' : percent(accuracy)).padStart(9),
    round.loss.toFixed(3).padStart(7),
    `${round.reported}/${round.cohort}`.padStart(9),
    bytes(round.bytesUp).padStart(9),
    bytes(round.bytesDown).padStart(10),
    `${thousands(round.macsPerExample)} (${share.toFixed(0)} %)`.padStart(13),
    `${(round.ms / 1000).toFixed(2)} s`.padStart(9),
  ].join(' ');
}

/** The last lines of a run; the very last one is for scripts. */
export function summaryLines(summary: FederationSummary, last: RoundSummary | undefined): string[] {
  const lines = [
    `${summary.rounds} rounds in ${(summary.ms / 1000).toFixed(1)} s; ` +
      `up ${bytes(summary.bytesUp)}, down ${bytes(summary.bytesDown)}`,
  ];
  if (last !== undefined) {
    const share = (100 * last.macsPerExample) / last.denseMacsPerExample;
    lines.push(
      `update ${bytes(last.bytesUp / last.reported)} per board; training ${thousands(last.macsPerExample)} ` +
        `multiply-accumulates per example, ${share.toFixed(0)} % of dense`,
    );
  }
  lines.push(`accuracy ${summary.accuracy === undefined ? 'unknown' : percent(summary.accuracy)}`);
  return lines;
}

export function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

/** KB means 1,000 bytes. */
export function bytes(count: number): string {
  if (count < 1000) return `${Math.round(count)} B`;
  if (count < 1_000_000) return `${(count / 1000).toFixed(1)} KB`;
  return `${(count / 1_000_000).toFixed(1)} MB`;
}

function thousands(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
