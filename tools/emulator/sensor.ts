/**
 * A made-up sensor: a signal of some scenes, one after the other, at the sensor's rate or faster. Each scene has a label,
 * which whoever stands beside the board may say.
 * @module
 */
import type { Clock, Sensor, Timer } from '../../firmware/ports/ports.js';
import type { Random } from '../../shared/fixed/random.js';

/** What a sensor would measure. Integers from a seed: the same signal for the same seed. */
export interface Signal {
  readonly channels: number;
  readonly hertz: number;
  readonly scenes: number; // labels are 0 to scenes - 1
  readonly segment: number; // samples that a scene lasts
  /** A new scene begins. */
  begin(label: number): void;
  /** The next sample; the array is used again. */
  sample(): Int16Array;
}

export interface EmulatedSensorOptions {
  readonly clock: Clock;
  readonly signal: Signal;
  readonly random: Random; // chooses the scenes
  readonly speed: number; // times as fast as a real one
}

const TICK_MS = 10;

export class EmulatedSensor implements Sensor {
  readonly channels: number;
  readonly hertz: number;
  /** Called before the first sample of a scene. */
  onScene: (label: number) => void = () => {};
  readonly #options: EmulatedSensorOptions;
  #samples = 0;
  #due = 0; // samples, fractions of them too
  #timer: Timer | undefined;

  constructor(options: EmulatedSensorOptions) {
    this.#options = options;
    this.channels = options.signal.channels;
    this.hertz = options.signal.hertz;
  }

  start(onSample: (values: Int16Array) => void): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(TICK_MS, () => {
      this.start(onSample);
      this.#due += (TICK_MS * this.hertz * this.#options.speed) / 1000;
      for (; this.#due >= 1; this.#due--) onSample(this.#sample());
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #sample(): Int16Array {
    const { signal, random } = this.#options;
    if (this.#samples % signal.segment === 0) {
      const label = random.below(signal.scenes);
      signal.begin(label);
      this.onScene(label);
    }
    this.#samples += 1;
    return signal.sample();
  }
}
