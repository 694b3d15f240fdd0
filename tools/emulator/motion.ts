/**
 * An accelerometer in somebody's hand, made up: the hand rests, swings slowly or shakes. Each board has a gain, a tilt
 * and a phase of its own.
 * @module
 */
import type { Random } from '../../shared/fixed/random.js';
import type { Signal } from './sensor.js';

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

export class Motion implements Signal {
  readonly channels = 3;
  readonly hertz = 50;
  readonly scenes = MOTIONS.length;
  readonly segment = 256; // about seven windows of 64 samples
  readonly #random: Random;
  readonly #gain: number; // in 256ths
  readonly #tilt: readonly number[];
  readonly #values = new Int16Array(3);
  #motion = 0;
  #samples = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#gain = 192 + this.#random.below(128);
    this.#tilt = [0, 1, 2].map(() => this.#random.below(400) - 200);
  }

  begin(label: number): void {
    this.#motion = label;
  }

  sample(): Int16Array {
    const period = PERIODS[this.#motion];
    for (let axis = 0; axis < 3; axis++) {
      const wave = triangle(this.#samples + axis * 5, period);
      const moved = Math.floor((AMPLITUDES[this.#motion][axis] * wave) / 256);
      const still = this.#tilt[axis] + (axis === 2 ? GRAVITY : 0);
      const raw = Math.floor(((moved + still) * this.#gain) / 256);
      this.#values[axis] = raw + this.#random.below(2 * NOISE) - NOISE;
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
