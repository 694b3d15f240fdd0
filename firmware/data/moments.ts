/**
 * Sums of a board's raw sensor values, channel by channel, for the federation's normalisation. They leave
 * the board as numbers; the values do not.
 * @module
 */
import { MAX_MOMENTS_COUNT, type Moments } from '../../shared/data/normal.js';
import type { WindowExamples } from './windows.js';

export class MomentSums {
  readonly #channels: { count: number; sum: number; squares: number }[];

  constructor(channels: number) {
    this.#channels = Array.from({ length: channels }, () => ({ count: 0, sum: 0, squares: 0 }));
  }

  /** @param raw [steps × channels], the channels of one step side by side; beyond 2^22 steps nothing is added */
  add(raw: Int16Array): void {
    const channels = this.#channels.length;
    if (raw.length % channels !== 0) {
      throw new RangeError(`${raw.length} values, expected a multiple of ${channels} channels`);
    }
    if (this.#channels[0].count + raw.length / channels > MAX_MOMENTS_COUNT) return;
    for (let i = 0; i < raw.length; i++) {
      const channel = this.#channels[i % channels];
      channel.count += 1;
      channel.sum += raw[i];
      channel.squares += raw[i] * raw[i];
    }
  }

  /** Of the windows that are kept, each value as often as it is in one. Yields values read. */
  static *over(windows: WindowExamples, channels: number): Generator<number, readonly Moments[]> {
    const sums = new MomentSums(channels);
    const raw = new Int16Array(windows.features);
    for (let i = 0; i < windows.count; i++) {
      windows.readRaw(i, raw);
      sums.add(raw);
      yield raw.length;
    }
    return sums.moments;
  }

  get moments(): readonly Moments[] {
    return this.#channels.map((channel) => ({ ...channel }));
  }
}
