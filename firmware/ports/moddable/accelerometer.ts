/**
 * The port `Sensor` over an accelerometer that follows ECMA-419's sensor class pattern: three axes at a steady
 * rate, in the sensor's own int16 steps.
 * @module
 */
import { guarded } from '../../federation/guard.js';
import type { Clock, Log, Sensor, Timer } from '../ports.js';

/** Of the pattern, what is used. */
export interface Imu {
  sample(): { readonly accelerometer: { readonly x: number; readonly y: number; readonly z: number } };
}

export interface AccelerometerOptions {
  readonly imu: Imu;
  readonly steps: number; // int16 steps in one unit of a sample, such as 4,096 for 1 g in a range of 8 g
  readonly hertz: number; // 1 to 200
  readonly clock: Clock;
  readonly log: Log;
}

const MOST_HERTZ = 200;
const MOST = 32767;

export class Accelerometer implements Sensor {
  readonly channels = 3;
  readonly hertz: number;
  readonly #options: AccelerometerOptions;
  readonly #values = new Int16Array(3);
  #timer: Timer | undefined;

  /** @throws RangeError naming the number that is out of range */
  constructor(options: AccelerometerOptions) {
    const { hertz, steps } = options;
    if (!(Number.isInteger(hertz) && hertz >= 1 && hertz <= MOST_HERTZ)) {
      throw new RangeError(`hertz ${hertz}, expected 1 to ${MOST_HERTZ}`);
    }
    if (!(steps > 0)) throw new RangeError(`accelerometer ${steps}, expected steps in a unit`);
    this.hertz = hertz;
    this.#options = options;
  }

  start(onSample: (values: Int16Array) => void): void {
    const { clock, log } = this.#options;
    const take = guarded(log, 'accelerometer', () => onSample(this.#read()));
    const periodMs = 1000 / this.hertz;
    let dueMs = clock.nowMs() + periodMs;
    const wait = () => {
      this.#timer = clock.after(Math.max(0, dueMs - clock.nowMs()), () => {
        // Before the sample: who gets it may stop the sensor. What there was no time for is left out.
        const late = Math.floor((clock.nowMs() - dueMs) / periodMs);
        dueMs += periodMs * (1 + Math.max(0, late));
        wait();
        take();
      });
    };
    this.stop();
    wait();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #read(): Int16Array {
    const { imu, steps } = this.#options;
    const { x, y, z } = imu.sample().accelerometer;
    this.#values[0] = inSteps(x, steps);
    this.#values[1] = inSteps(y, steps);
    this.#values[2] = inSteps(z, steps);
    return this.#values;
  }
}

function inSteps(value: number, steps: number): number {
  return Math.max(-MOST - 1, Math.min(MOST, Math.round(value * steps)));
}
