/**
 * The power of a spectrum in overlapping triangular bands, as a logarithm.
 * Sources: Davis & Mermelstein 1980 (the bands); tools/datasets/mel.ts has the same in floating point.
 * @module
 */
import { bitWidth } from '../../shared/fixed/bits.js';
import { LOG2_BITS, log2 } from '../../shared/fixed/exponential.js';

/** Fraction bits of a weight. */
export const RISE_BITS = 11;

const FULL = 1 << RISE_BITS;

/** Bits of a part of a point when it is squared: two squares stay below 2^29. */
const PART_BITS = 14;
const SQUARE_CUT = 15;

/**
 * out[band] = log2(Σ weight · |point|² + floor) for the bands, in 2^-10 octaves.
 *
 * The edges of the bands divide the points: between edge j and the next, band j rises from 0 to 1 and band j - 1 falls
 * from 1 to 0. A band is summed in the finest unit in which its largest point has 14 bits, never finer than 2^-6.
 *
 * @param out      int16 [bands] overwritten
 * @param points   int32 [2 × reach] real and imaginary parts in 2^-6 of a sample, |part| below 2^30
 * @param starts   uint16 [bands + 2] first point at or after each edge; a band is at most 62 points wide
 * @param rises    uint16 [reach] how far a point lies between its two edges, at most 2^RISE_BITS
 * @param floor    65536 to 67108864: of the power, in 2^-8 of a sample's square
 * @param offset   31744 to 49152: taken from the logarithm of the power in that unit; with both an int16 remains
 * @where reach = starts[startsAt + bands + 1]
 */
export function logBands(
  out: Int16Array,
  outAt: number,
  points: Int32Array,
  pointsAt: number,
  starts: Uint16Array,
  startsAt: number,
  rises: Uint16Array,
  risesAt: number,
  floor: number,
  offset: number,
  bands: number,
): void {
  for (let band = 0; band < bands; band++) {
    const from = starts[startsAt + band];
    const centre = starts[startsAt + band + 1];
    const to = starts[startsAt + band + 2];
    let bits = 0; // of the largest part
    for (let i = pointsAt + 2 * from; i < pointsAt + 2 * to; i++) {
      const part = points[i];
      bits |= part < 0 ? -part : part;
    }
    const width = bitWidth(bits);
    const shift = width > PART_BITS ? width - PART_BITS : 0;
    let sum = 0; // at most 62 · 2^11 · (2^14 - 1): with the floor below 2^31
    for (let k = from; k < to; k++) {
      const re = points[pointsAt + 2 * k] >> shift;
      const im = points[pointsAt + 2 * k + 1] >> shift;
      const rise = rises[risesAt + k];
      const weight = k < centre ? rise : FULL - rise;
      sum += ((re * re + im * im) >> SQUARE_CUT) * weight;
    }
    const power = sum + ((floor >> shift) >> shift) + 1; // 1: there is a logarithm
    out[outAt + band] = log2(power) + (shift << (LOG2_BITS + 1)) - offset;
  }
}
