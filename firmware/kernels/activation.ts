/**
 * From sums to activations and from summed errors to errors: ReLU with requantisation, forward and
 * backward. Layout as in dense.ts; a range of elements [from, to) covers whole rows of lanes.
 * @module
 */
import { ERROR_MAX, SUM_MAX } from '../../shared/fixed/saturation.js';

/**
 * y = ReLU(sum) / 2^shift to nearest, saturating at activationMax: ReLU is the lower clamp.
 *
 * @param out   uint8 [n] overwritten; exponent = that of the sums + shift
 * @param sums  int32 [n], sum + 2^(shift-1) ≤ 2^31 - 1
 * @param shift 0 to 24
 * @param activationMax 255
 * @returns how many were clipped at the top
 */
export function reluForward(
  out: Uint8Array,
  outAt: number,
  sums: Int32Array,
  sumsAt: number,
  shift: number,
  activationMax: number,
  from: number,
  to: number,
): number {
  const half = (1 << shift) >> 1;
  let clipped = 0;
  for (let i = from; i < to; i++) {
    const sum = sums[sumsAt + i];
    if (sum <= 0) {
      out[outAt + i] = 0;
      continue;
    }
    let y = (sum + half) >> shift;
    if (y > activationMax) {
      y = activationMax;
      clipped++;
    }
    out[outAt + i] = y;
  }
  return clipped;
}

/**
 * The largest |dOutput| where the activation is above 0: what decides the shift of reluBackward.
 * Where it is 0, dOutput becomes 0.
 *
 * @param dOutputs    int32 [n] updated
 * @param activations uint8 [n] of the same layer
 * @returns 0 to 2^31 - 1
 */
export function reluMask(
  dOutputs: Int32Array,
  dOutputsAt: number,
  activations: Uint8Array,
  activationsAt: number,
  from: number,
  to: number,
): number {
  let most = 0;
  for (let i = from; i < to; i++) {
    if (activations[activationsAt + i] === 0) {
      dOutputs[dOutputsAt + i] = 0;
      continue;
    }
    const d = dOutputs[dOutputsAt + i];
    const magnitude = d < 0 ? -d : d;
    if (magnitude > most) most = magnitude;
  }
  return most;
}

/**
 * The largest |value| of a range; -2^31 counts as 2^31 - 1, since |-2^31| is no int32. No bound of the
 * project allows either. @param values int16 or int32 [n]
 */
export function largestMagnitude(
  values: Int16Array | Int32Array,
  valuesAt: number,
  from: number,
  to: number,
): number {
  let most = 0;
  let least = 0;
  for (let i = from; i < to; i++) {
    const v = values[valuesAt + i];
    if (v > most) most = v;
    if (v < least) least = v;
  }
  if (least < -SUM_MAX) return SUM_MAX;
  return -least > most ? -least : most;
}

/**
 * error = dOutput / 2^shift to nearest, ties away from zero, saturating at ±ERROR_MAX.
 *
 * @param errors   int16 [n] overwritten; exponent = that of dOutputs + shift
 * @param dOutputs int32 [n], |d| + 2^(shift-1) ≤ 2^31 - 1
 * @param shift    0 to 21: the width of the largest |d| less ERROR_BITS (NITI, Wang et al. 2020, section 4)
 */
export function quantizeErrors(
  errors: Int16Array,
  errorsAt: number,
  dOutputs: Int32Array,
  dOutputsAt: number,
  shift: number,
  from: number,
  to: number,
): void {
  const half = (1 << shift) >> 1;
  const below = (1 << shift) - 1 - half; // a shift rounds down, so half of a step is not quite added to a negative one
  for (let i = from; i < to; i++) {
    const d = dOutputs[dOutputsAt + i];
    let error = 0;
    if (d < 0) {
      error = (d + below) >> shift;
      if (error < -ERROR_MAX) error = -ERROR_MAX;
    } else {
      error = (d + half) >> shift;
      if (error > ERROR_MAX) error = ERROR_MAX;
    }
    errors[errorsAt + i] = error;
  }
}
