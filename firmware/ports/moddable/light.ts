/**
 * A light for people in the room: each state of a board has its rhythm, and its colour where the light has any.
 * @module
 */
import { frozen } from '../../../shared/fixed/frozen.js';
import type { Clock, Indicator, Timer } from '../ports.js';

/** What shines: one LED, or several as one. */
export interface Lamp {
  /** @param colour red · 2^16 + green · 2^8 + blue; 0 = dark. A lamp of one colour shines at any other. */
  show(colour: number): void;
}

type State = Parameters<Indicator['show']>[0];

interface Rhythm {
  readonly colour: number;
  readonly onMs: number; // 0: never on
  readonly offMs: number; // 0: always on
}

const RHYTHMS: Readonly<Record<State, Rhythm>> = frozen({
  offline: { colour: 0xff0000, onMs: 100, offMs: 1900 },
  joining: { colour: 0xff8000, onMs: 500, offMs: 500 },
  waiting: { colour: 0x0000ff, onMs: 100, offMs: 2900 },
  downloading: { colour: 0x00ffff, onMs: 100, offMs: 100 },
  training: { colour: 0x00ff00, onMs: 1, offMs: 0 },
  reporting: { colour: 0xffffff, onMs: 250, offMs: 250 },
  done: { colour: 0x00ff00, onMs: 100, offMs: 2900 },
  failed: { colour: 0xff0000, onMs: 500, offMs: 500 },
  stopped: { colour: 0, onMs: 0, offMs: 1 },
});

export class Light implements Indicator {
  readonly #lamp: Lamp;
  readonly #clock: Clock;
  #state: State | undefined;
  #timer: Timer | undefined;

  constructor(lamp: Lamp, clock: Clock) {
    this.#lamp = lamp;
    this.#clock = clock;
  }

  show(state: State): void {
    if (state === this.#state) return; // the rhythm goes on
    this.#state = state;
    this.#timer?.cancel();
    this.#turn(RHYTHMS[state], RHYTHMS[state].onMs > 0);
  }

  #turn(rhythm: Rhythm, isOn: boolean): void {
    const { colour, onMs, offMs } = rhythm;
    this.#lamp.show(isOn ? colour : 0);
    this.#timer =
      onMs === 0 || offMs === 0
        ? undefined
        : this.#clock.after(isOn ? onMs : offMs, () => this.#turn(rhythm, !isOn));
  }
}
