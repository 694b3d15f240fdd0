/**
 * Log-mel features of a second of speech: 40 bands × 25 frames. Each frame is 40 ms (hop the same)
 * under a symmetric Hann window, padded to 1024; its power spectrum goes through triangles of
 * height 1, evenly spaced on the mel scale from 60 to 7600 Hz; a feature is ln(power / 640 + 1e-7).
 * Sources: Stevens, Volkmann & Newman 1937 for the scale, in O'Shaughnessy's formula
 * 2595 · log10(1 + f / 700); Davis & Mermelstein 1980 for the triangles.
 * @module
 */
import { Fft } from './fft.js';

export const SAMPLE_RATE = 16_000; // Hz
export const CLIP_SAMPLES = 16_000;
export const BANDS = 40;
export const FRAMES = 25;

const FRAME = CLIP_SAMPLES / FRAMES; // 640 samples
const FFT_SIZE = 1024;
const BINS = FFT_SIZE / 2 + 1;
const LOW_HZ = 60;
const HIGH_HZ = 7600;
const FLOOR = 1e-7;

/** A filter of the bank: weights of the bins from `first` on; the others are 0. */
export interface MelFilter {
  readonly first: number;
  readonly weights: readonly number[];
}

export function melBank(): MelFilter[] {
  const [low, high] = [melOf(LOW_HZ), melOf(HIGH_HZ)];
  const edges = Array.from({ length: BANDS + 2 }, (_, i) => hzOf(low + ((high - low) * i) / (BANDS + 1)));
  return Array.from({ length: BANDS }, (_, band) => {
    const [left, centre, right] = edges.slice(band, band + 3);
    const first = Math.ceil((left * FFT_SIZE) / SAMPLE_RATE);
    const last = Math.min(BINS - 1, Math.floor((right * FFT_SIZE) / SAMPLE_RATE));
    const weights = Array.from({ length: last - first + 1 }, (_, i) => {
      const hz = ((first + i) * SAMPLE_RATE) / FFT_SIZE;
      return Math.min((hz - left) / (centre - left), (right - hz) / (right - centre));
    });
    return { first, weights };
  });
}

export class LogMel {
  readonly #fft = new Fft(FFT_SIZE);
  readonly #bank = melBank();
  readonly #window = Float64Array.from(
    { length: FRAME },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (FRAME - 1)),
  );
  readonly #re = new Float64Array(FFT_SIZE);
  readonly #im = new Float64Array(FFT_SIZE);

  /**
   * @param samples −1 to 1, `CLIP_SAMPLES` of them at `SAMPLE_RATE`
   * @param out [BANDS × FRAMES], overwritten; the frames of a band follow each other
   */
  read(samples: Float64Array, out: Float32Array): void {
    for (let frame = 0; frame < FRAMES; frame++) {
      this.#re.fill(0);
      this.#im.fill(0);
      for (let i = 0; i < FRAME; i++) this.#re[i] = samples[frame * FRAME + i] * this.#window[i];
      this.#fft.transform(this.#re, this.#im);
      for (const [band, { first, weights }] of this.#bank.entries()) {
        let power = 0;
        weights.forEach((weight, i) => {
          const k = first + i;
          power += weight * (this.#re[k] * this.#re[k] + this.#im[k] * this.#im[k]);
        });
        out[band * FRAMES + frame] = Math.log(power / FRAME + FLOOR);
      }
    }
  }
}

function melOf(hz: number): number {
  return 2595 * Math.log10(1 + hz / 700);
}

function hzOf(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}
