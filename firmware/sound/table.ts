/**
 * The tables of the front end for sound: sines, a window, and the edges of the mel bands. Made of integers, once; on a
 * board when its firmware is built, so that they lie in flash (5 KB).
 *
 * The mel scale, 2595 · log10(1 + f / 700), is even where f + 700 grows by one factor.
 * Sources: O'Shaughnessy 1987 for the scale's formula; Blackman & Tukey 1958 for the window, von Hann's.
 * @module
 */
import { CIRCLE_BITS, cosines } from '../../shared/fixed/circle.js';
import { frozen } from '../../shared/fixed/frozen.js';
import { RISE_BITS } from '../kernels/mel.js';

export const SAMPLE_RATE = 16_000; // Hz
export const FRAME = 640; // samples: 40 ms
export const POINTS = 512; // of the transform of 1,024 samples
export const BANDS = 40;

/** Cosine and sine of 1/1,024 and of 1/639 of a turn, in 2^-26. */
const SPECTRUM_STEP = [67_107_601, 411_772] as const;
const WINDOW_STEP = [67_105_620, 659_860] as const;

/** In 2^-16 of a point, which is 15.625 Hz: 700 Hz, 760 Hz, and 2^-26 for the 41st root of 8,300 / 760. */
const POINT = 65_536;
const BEFORE = 2_936_013;
const FIRST = 3_187_671;
const FACTOR = 71_138_288;
const FACTOR_ONE = 2 ** 26;

/** sin(2π·k / 1024) in 2^-16, k = 0 to 767. */
export const SINES: Int32Array = frozen(makeSines());

/** (1 − cos(2π·i / 639)) / 2 in 2^-16, i = 0 to 319; the last one, 65,535.6, is cut to 16 bits. */
export const WINDOW: Uint16Array = frozen(makeWindow());

/** First point at or after each of the bands' 42 edges, 60 to 7,600 Hz. */
export const STARTS: Uint16Array = frozen(Uint16Array.from(edges(), (edge) => Math.ceil(edge / POINT)));

/** How far each point lies between the two edges beside it, in 2^-11; 0 before the first. */
export const RISES: Uint16Array = frozen(makeRises());

function makeSines(): Int32Array {
  const quarter = POINTS / 2;
  const cut = 2 ** (CIRCLE_BITS - 16);
  const cos = cosines(quarter + 1, ...SPECTRUM_STEP).map((x) => Math.floor(x / cut + 0.5));
  return Int32Array.from({ length: 3 * quarter }, (_, k) => {
    if (k <= quarter) return cos[quarter - k];
    return k <= 2 * quarter ? cos[k - quarter] : -cos[3 * quarter - k];
  });
}

function makeWindow(): Uint16Array {
  const cut = 2 ** (CIRCLE_BITS + 1 - 16);
  const cos = cosines(FRAME / 2, ...WINDOW_STEP);
  return Uint16Array.from(cos, (x) => Math.min(65_535, Math.floor((2 ** CIRCLE_BITS - x) / cut + 0.5)));
}

/** In 2^-16 of a point. */
function edges(): number[] {
  const found: number[] = [];
  for (let i = 0, from = FIRST; i < BANDS + 2; i++) {
    found.push(from - BEFORE);
    from = Math.floor((from * FACTOR) / FACTOR_ONE + 0.5); // below 2^53: exact
  }
  return found;
}

function makeRises(): Uint16Array {
  const places = edges();
  const rises = new Uint16Array(STARTS[BANDS + 1]);
  for (let j = 0; j <= BANDS; j++) {
    const width = places[j + 1] - places[j];
    for (let k = STARTS[j]; k < STARTS[j + 1]; k++) {
      rises[k] = Math.floor(((k * POINT - places[j]) * 2 ** RISE_BITS) / width + 0.5);
    }
  }
  return rises;
}
