/**
 * The kernel of mel.ts in its plainest form.
 * @module
 */
import { log2 } from '../../../shared/fixed/exponential.js';

/** Arguments as the kernel's. */
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
    const [from, centre, to] = starts.subarray(startsAt + band);
    const parts = Array.from(points.subarray(pointsAt + 2 * from, pointsAt + 2 * to));
    let unit = 1; // in which every part has 14 bits
    while (parts.some((part) => Math.abs(part) >= 2 ** 14 * unit)) unit *= 2;
    let power = Math.floor(floor / unit ** 2) + 1;
    for (let k = from; k < to; k++) {
      const [re, im] = parts.slice(2 * (k - from)).map((part) => Math.floor(part / unit));
      const rise = rises[risesAt + k];
      power += Math.floor((re * re + im * im) / 2 ** 15) * (k < centre ? rise : 2 ** 11 - rise);
    }
    out[outAt + band] = log2(power) + 2 * 1024 * Math.log2(unit) - offset;
  }
}
