/**
 * What one layer of one client sends: differences, or trained values for Top-K-Weights, in as many
 * bits as the plan says. The largest shifts keep value · 2^shift and bias · 2^shift within the same
 * bounds whatever the bits, so that the server's sums stay exact.
 * @module
 */
import { frozen } from '../fixed/frozen.js';

/** Bits of a value in an update. */
export type ValueBits = 16 | 8 | 4;

/** The first is what a plan has that says nothing. Order is the wire code: append only. */
export const VALUE_BITS: readonly ValueBits[] = frozen([16, 8, 4]);

/**
 * Bits of a bias beside values of so many bits. There are few biases, and each moves every output of its
 * row, so 4 bits would save little and cost more than for weights.
 */
export function biasBitsOf(valueBits: ValueBits): ValueBits {
  return valueBits === 16 ? 16 : 8;
}

/** Largest magnitude that a client sends in so many bits; the least number, one below, is never used. */
export function numberMax(bits: ValueBits): number {
  return 2 ** (bits - 1) - 1;
}

/** Largest `shift` of values: |value| · 2^shift ≤ 2^17, since a difference of two int16 has 17 bits. */
export function maxValueShift(valueBits: ValueBits): number {
  return 18 - valueBits;
}

/** Largest `biasShift`: |bias| · 2^biasShift ≤ 2^23; a larger bias difference saturates at the client. */
export function maxBiasShift(valueBits: ValueBits): number {
  return 24 - biasBitsOf(valueBits);
}

export interface LayerDelta {
  /** ascending places in the layer's weights, as many as the plan's `sent`; 'all' = every weight */
  readonly positions: Uint32Array | 'all';
  /** one value per position, each in the update's bits; real = value · 2^(weightExp + shift) */
  readonly values: Int16Array;
  readonly shift: number; // 0 to maxValueShift, above the model's weightExp
  /** one difference per bias; real = value · 2^(biasExp + biasShift) */
  readonly biases: Int16Array;
  readonly biasShift: number; // 0 to maxBiasShift, above the model's bias exponent
}
