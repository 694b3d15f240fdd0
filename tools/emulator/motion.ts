/**
 * An accelerometer in somebody's hand, made up: the hand rests, swings slowly or shakes. Each board has a gain, a tilt
 * and a phase of its own. Integers from a seed; the same signal for the same seed.
 * @module
 */
import type { Clock, Sensor, Timer } from '../../firmware/ports/ports.js';
import { Random } from '../../shared/fixed/random.js';

/** What the hand does, by label. */
export const MOTIONS = ['rest', 'swing', 'shake'] as const;

/** Amplitude of each axis, and samples of one swing: by label. */
const AMPLITUDES = [
  [0, 0, 0],
  [900, 300, 150],
  [700, 1100, 500],
] as const;
const PERIODS = [64, 50, 8] as const;
const GRAVITY = 1000;
const NOISE = 120;
const TICK_MS = 10;

export interface MotionOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly speed: number; // times as fast as a real one
  readonly segment: number; // samples that one motion lasts
}

export class MotionSensor implements Sensor {
  readonly channels = 3;
  readonly hertz = 50;
  /** Called before the first sample of a motion. */
  onMotion: (label: number) => void = () => {};
  /** What the hand does now. */
  motion = 0;
  readonly #options: MotionOptions;
  readonly #random: Random;
  readonly #gain: number; // in 256ths
  readonly #tilt: readonly number[];
  readonly #values = new Int16Array(3);
  #samples = 0;
  #due = 0; // samples, fractions of them too
  #timer: Timer | undefined;

  constructor(options: MotionOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#gain = 192 + this.#random.below(128);
    this.#tilt = [0, 1, 2].map(() => this.#random.below(400) - 200);
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
    const random = this.#random;
    if (this.#samples % this.#options.segment === 0) {
      this.motion = random.below(MOTIONS.length);
      this.onMotion(this.motion);
    }
    const period = PERIODS[this.motion];
    for (let axis = 0; axis < 3; axis++) {
      const wave = triangle(this.#samples + axis * 5, period);
      const moved = Math.floor((AMPLITUDES[this.motion][axis] * wave) / 256);
      const still = this.#tilt[axis] + (axis === 2 ? GRAVITY : 0);
      const raw = Math.floor(((moved + still) * this.#gain) / 256);
      this.#values[axis] = raw + random.below(2 * NOISE) - NOISE;
    }
    this.#samples += 1;
    return this.#values;
  }
}

/** From -256 to 256 and back once in a period. */
function triangle(at: number, period: number): number {
  const phase = Math.floor(((at % period) * 1024) / period);
  return phase < 512 ? phase - 256 : 768 - phase;
}
