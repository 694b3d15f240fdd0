/**
 * Waiting for enough boards: the goal of a round, or after some patience the minimum. It looks at the
 * registry once per turn of the event loop, however many boards speak up in it.
 * @module
 */
import type { Timer } from './ports.js';
import type { RoundSettings } from './settings.js';

export interface GatheringPorts {
  /** Names of the boards that could start now. */
  ready(): readonly string[];
  after(delayMs: number, step: () => void): Timer;
  /** Enough are there; the gathering is over. */
  onEnough(ready: readonly string[]): void;
  onWaiting(ready: number, wanted: number): void;
}

export class Gathering {
  readonly #settings: Pick<RoundSettings, 'goal' | 'minimum' | 'gatherMs'>;
  readonly #ports: GatheringPorts;
  #wanted = 0; // 0 when it is over, or has not begun
  #patience: Timer | undefined;
  #look: Timer | undefined;

  constructor(settings: Pick<RoundSettings, 'goal' | 'minimum' | 'gatherMs'>, ports: GatheringPorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  begin(): void {
    const { goal, minimum, gatherMs } = this.#settings;
    this.#wanted = goal;
    if (gatherMs > 0) {
      this.#patience = this.#ports.after(gatherMs, () => {
        this.#wanted = minimum;
        this.lookSoon();
      });
    }
    this.lookSoon();
  }

  /** A board changed. */
  lookSoon(): void {
    if (this.#wanted === 0 || this.#look !== undefined) return;
    this.#look = this.#ports.after(0, () => {
      this.#look = undefined;
      const wanted = this.#wanted;
      const ready = this.#ports.ready();
      if (ready.length < wanted) {
        this.#ports.onWaiting(ready.length, wanted);
        return;
      }
      this.stop();
      this.#ports.onEnough(ready);
    });
  }

  stop(): void {
    this.#wanted = 0;
    this.#patience?.cancel();
    this.#look?.cancel();
    this.#look = undefined;
  }
}
