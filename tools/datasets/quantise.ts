/**
 * Real features to bytes with one power of two: real value = raw · 2^exp. The exponent and the
 * choice of int8 or uint8 come from the training part; what the test part has beyond saturates.
 * @module
 */
import { nearest } from './standard.js';

export interface Scale {
  readonly signed: boolean; // int8, else uint8
  readonly inputExp: number; // -16 to 0
}

/**
 * The finest exponent that holds every value: int8 to ±127 when one is below 0, else uint8 to 255.
 * @param values training features, finite
 * @throws RangeError when they are too big for exponent 0
 */
export function scaleOf(values: ArrayLike<number>): Scale {
  let least = 0;
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]);
    most = Math.max(most, values[i]);
  }
  const signed = least < 0;
  const limit = signed ? 127 : 255;
  const size = Math.max(most, -least);
  if (nearest(size) > limit) {
    const range = signed ? '-127 to 127' : '0 to 255';
    throw new RangeError(`features ${least} to ${most}, expected ${range}: divide them, or standardise`);
  }
  let inputExp = 0;
  while (inputExp > -16 && size > 0 && nearest(size * 2 ** (1 - inputExp)) <= limit) inputExp--;
  return { signed, inputExp };
}

/** @returns [values] uint8, or int8 as two's complement */
export function quantise(values: ArrayLike<number>, { signed, inputExp }: Scale): Uint8Array {
  const [least, most] = signed ? [-127, 127] : [0, 255];
  const raw = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    raw[i] = Math.max(least, Math.min(most, nearest(values[i] * 2 ** -inputExp)));
  }
  return raw;
}
