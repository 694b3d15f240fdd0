/**
 * Clamping to the formats of DESIGN section 4. Kernels clamp inline and count what they clip;
 * these are the limits and the out-of-loop form.
 * @module
 */

/** Largest activation after ReLU (uint8). */
export const ACTIVATION_MAX = 255;

/** Largest magnitude of an error, the gradient of an activation (int16, 10 bits and sign). */
export const ERROR_MAX = 1023;

/** Bits of ERROR_MAX. */
export const ERROR_BITS = 10;

/** Largest magnitude of a weight, whatever the model. */
export const WEIGHT_MAX = 32767;

/** Largest magnitude of an int32 sum. */
export const SUM_MAX = 2147483647;

/** x clamped to -limit to limit. */
export function saturate(x: number, limit: number): number {
  return x > limit ? limit : x < -limit ? -limit : x;
}
