/**
 * The spectrum of real samples in int32. A transform of `size` complex points holds twice as many samples: the even
 * ones are real parts, the odd ones imaginary parts.
 *
 * Nothing is scaled on the way: no part of any point grows beyond the sum of the magnitudes of all parts at the
 * beginning, which is at most 10^9. Every butterfly rounds down once for each of its four products.
 * Sources: Cooley & Tukey 1965, radix 2, decimation in time; Cooley, Lewis & Welch 1970 for real samples.
 * @module
 */
import { turned } from '../../shared/fixed/circle.js';

/** Fraction bits of a point: its unit is 2^-6 of a sample's. */
export const POINT_BITS = 6;

/** A sample times the window has 16 fraction bits. */
const CUT = 16 - POINT_BITS;

/**
 * points = samples · window, in the order of reversed bits; zeros where there are no samples.
 *
 * @param points  int32 [2 × size] overwritten: real and imaginary part of each
 * @param samples int16 [frame]
 * @param window  uint16 [frame / 2] the first half in 2^-16; the second half is its mirror image
 * @param frame   4 to 2 · size: a multiple of 4
 * @param size    a power of two
 */
export function loadFrame(
  points: Int32Array,
  pointsAt: number,
  samples: Int16Array,
  samplesAt: number,
  window: Uint16Array,
  windowAt: number,
  frame: number,
  size: number,
): void {
  points.fill(0, pointsAt, pointsAt + 2 * size);
  const half = frame >> 1;
  let reversed = 0;
  for (let i = 0; i < frame; i += 2) {
    const even = i < half ? windowAt + i : windowAt + frame - 1 - i;
    const odd = i < half ? even + 1 : even - 1;
    const to = pointsAt + 2 * reversed;
    points[to] = (samples[samplesAt + i] * window[even]) >> CUT;
    points[to + 1] = (samples[samplesAt + i + 1] * window[odd]) >> CUT;
    let bit = size >> 1;
    while ((reversed & bit) !== 0) {
      reversed ^= bit;
      bit >>= 1;
    }
    reversed |= bit;
  }
}

/**
 * Z[k] = Σ z[n] · e^(-2πi·kn/size), in place: from the order of reversed bits to the natural one.
 *
 * @param points int32 [2 × size] their magnitudes add up to at most 10^9
 * @param sines  int32 [3 × size / 2] sin(2π·k / (2 · size)) in 2^-16
 * @param size   a power of two
 */
export function transformPoints(
  points: Int32Array,
  pointsAt: number,
  sines: Int32Array,
  sinesAt: number,
  size: number,
): void {
  const quarter = size >> 1; // of a turn: sin(x + quarter) is cos(x)
  const end = pointsAt + 2 * size;
  let stride = size;
  for (let half = 1; half < size; half += half) {
    for (let k = 0; k < half; k++) {
      const sin = sines[sinesAt + k * stride];
      const cos = sines[sinesAt + k * stride + quarter];
      for (let a = pointsAt + 2 * k; a < end; a += 4 * half) {
        const b = a + 2 * half;
        const re = points[b];
        const im = points[b + 1];
        const turnedRe = turned(re, cos) + turned(im, sin);
        const turnedIm = turned(im, cos) - turned(re, sin);
        points[b] = points[a] - turnedRe;
        points[b + 1] = points[a + 1] - turnedIm;
        points[a] += turnedRe;
        points[a + 1] += turnedIm;
      }
    }
    stride >>= 1;
  }
}

/**
 * X[k] of the 2 · size samples for k = 1 to size - 1, in place: the spectra of even and odd samples, which lie in the
 * symmetric and the antisymmetric part of Z, put together. Point 0 stays as it is.
 *
 * @param points int32 [2 × size]
 * @param sines  int32 [3 × size / 2] as above
 * @param size   a power of two
 */
export function splitSpectrum(
  points: Int32Array,
  pointsAt: number,
  sines: Int32Array,
  sinesAt: number,
  size: number,
): void {
  const quarter = size >> 1;
  for (let k = 1; k <= quarter; k++) {
    const sin = sines[sinesAt + k];
    const cos = sines[sinesAt + k + quarter];
    const a = pointsAt + 2 * k;
    const b = pointsAt + 2 * (size - k);
    const evenRe = (points[a] + points[b]) >> 1;
    const evenIm = (points[a + 1] - points[b + 1]) >> 1;
    const oddRe = (points[a + 1] + points[b + 1]) >> 1;
    const oddIm = (points[b] - points[a]) >> 1;
    const turnedRe = turned(oddRe, cos) + turned(oddIm, sin);
    const turnedIm = turned(oddIm, cos) - turned(oddRe, sin);
    points[b] = evenRe - turnedRe;
    points[b + 1] = turnedIm - evenIm;
    points[a] = evenRe + turnedRe;
    points[a + 1] = evenIm + turnedIm;
  }
}
