/**
 * A module that runs on Node and on XS: integer work whose results must be the same on both.
 * @module
 */
import { bitWidth, squareRoot } from '../../../shared/fixed/bits.js';
import { exp2Negative } from '../../../shared/fixed/exponential.js';
import { fillNoise, NOISE_LENGTH } from '../../../shared/fixed/noise.js';
import { mix, Random } from '../../../shared/fixed/random.js';
import { divideNearest, shiftNearest, shiftStochastic } from '../../../shared/fixed/rounding.js';
import { saturate } from '../../../shared/fixed/saturation.js';

/** A hash over every function of `shared/fixed` at random places and at the ends of int32. */
export function hashOfFixed(): number {
  const random = new Random(2026);
  let hash = 1;
  for (let i = 0; i < 5000; i++) {
    const shift = 1 + random.below(20);
    const x = i < 4 ? [0, -1, 2147483647, -2147483648][i] : random.next() | 0;
    const small = x >> 2;
    for (const value of [
      shiftNearest(small, shift),
      shiftStochastic(small, shift, random.next()),
      divideNearest(small, 1 + random.below(70_000)),
      saturate(x, 32767),
      bitWidth(small & 0x7fffffff),
      squareRoot(small & 0x1fffffff),
      exp2Negative(random.below(16_384)),
    ]) {
      hash = mix(hash, value);
    }
  }
  return hash;
}

/** A noise table, as bytes. */
export function noise(): Uint8Array {
  const table = new Int32Array(NOISE_LENGTH);
  fillNoise(table, 0, 77);
  return new Uint8Array(table.buffer);
}

export function fail(): never {
  throw new RangeError('pear 7, expected plum');
}

export async function later(): Promise<string> {
  await Promise.resolve();
  return 'später 🌱';
}
