/**
 * A microphone in a room, made up: it is quiet, somebody whistles or knocks, a siren goes by. Each board has a gain and a
 * noise of its own, each scene a pitch and a pace. The waves go through the board's own front end, so a sample is the
 * log-mel features of 40 ms.
 * @module
 */
import { LogMel } from '../../firmware/sound/logmel.js';
import { BANDS, FRAME, SAMPLE_RATE, SINES } from '../../firmware/sound/table.js';
import type { Random } from '../../shared/fixed/random.js';
import type { Signal } from './sensor.js';

/** What there is to hear, by label. */
export const SOUNDS = ['quiet', 'whistle', 'knock', 'siren'] as const;
const [, WHISTLE, KNOCK, SIREN] = SOUNDS.keys();

/** A turn of a tone's phase, and of the table of sines. */
const TURN = 65_536;
const SINES_TURN = 1024;

export class Sound implements Signal {
  readonly channels = BANDS;
  readonly hertz = SAMPLE_RATE / FRAME;
  readonly scenes = SOUNDS.length;
  readonly segment = 100; // 4 s: eight windows of a second
  readonly #random: Random;
  readonly #gain: number; // in 256ths
  readonly #noise: number; // of the room, in steps of a sample
  readonly #mel = new LogMel();
  readonly #values = new Int16Array(BANDS);
  /** The last 40 ms before the front end. */
  readonly wave = new Int16Array(FRAME);
  #sound = 0;
  #hertz = 0; // of the tone
  #pace = 0; // samples from knock to knock, or from low to low of the siren
  #at = 0; // samples since the scene began
  #phase = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#gain = 128 + random.below(384);
    this.#noise = 20 + random.below(60);
  }

  begin(label: number): void {
    this.#sound = label;
    this.#hertz = 600 + this.#random.below(1200);
    this.#pace = 3200 + this.#random.below(3200);
    this.#at = 0;
  }

  sample(): Int16Array {
    for (let i = 0; i < FRAME; i++) {
      const loud = Math.floor((this.#next() * this.#gain) / 256);
      this.wave[i] = Math.max(-32768, Math.min(32767, loud + this.#hiss(this.#noise)));
    }
    this.#mel.read(this.wave, this.#values);
    return this.#values;
  }

  #next(): number {
    const beat = this.#at % this.#pace;
    this.#at += 1;
    if (this.#sound === WHISTLE) return this.#tone(this.#hertz, 4000);
    if (this.#sound === KNOCK) return beat < 1600 ? this.#hiss(Math.floor(8000 / (1 + beat / 100))) : 0;
    if (this.#sound !== SIREN) return 0;
    const rise = Math.abs(2 * beat - this.#pace) / this.#pace; // 1 to 0 to 1
    return this.#tone(Math.floor(this.#hertz * (0.6 + rise)), 4000);
  }

  #tone(hertz: number, amplitude: number): number {
    this.#phase = (this.#phase + Math.floor((hertz * TURN) / SAMPLE_RATE)) % TURN;
    const k = Math.floor((this.#phase * SINES_TURN) / TURN);
    const sine = k < SINES.length ? SINES[k] : -SINES[SINES_TURN - k];
    return Math.floor((sine * amplitude) / TURN);
  }

  /** From -amplitude to amplitude. */
  #hiss(amplitude: number): number {
    return this.#random.below(2 * amplitude + 1) - amplitude;
  }
}
