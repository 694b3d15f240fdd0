/**
 * The roundings of shorten.ts by their definition, in exact quotients.
 * @module
 */
import { mix } from '../../../shared/fixed/random.js';

/** Arguments as the kernel's. */
export function shortenNearest(
  out: Int16Array,
  outAt: number,
  values: Int16Array | Int32Array,
  valuesAt: number,
  shift: number,
  limit: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const value = values[valuesAt + i];
    out[outAt + i] = Math.sign(value) * Math.min(limit, Math.floor(Math.abs(value) / 2 ** shift + 0.5));
  }
}

/** Arguments as the kernel's. */
export function shortenRun(
  out: Int16Array,
  outAt: number,
  values: Int16Array | Int32Array,
  valuesAt: number,
  shift: number,
  limit: number,
  seed: number,
  place: number,
  n: number,
): void {
  const places = Uint32Array.from({ length: n }, (_, i) => place + i);
  shortenListed(out, outAt, values, valuesAt, places, 0, shift, limit, seed, n);
}

/** Arguments as the kernel's. */
export function shortenListed(
  out: Int16Array,
  outAt: number,
  values: Int16Array | Int32Array,
  valuesAt: number,
  places: Uint32Array,
  placesAt: number,
  shift: number,
  limit: number,
  seed: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const noise = mix(seed, places[placesAt + i]) % 2 ** shift;
    const quotient = Math.floor((values[valuesAt + i] + noise) / 2 ** shift);
    out[outAt + i] = Math.max(-limit, Math.min(limit, quotient));
  }
}
