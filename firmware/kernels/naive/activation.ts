/**
 * The formulas of ../activation.ts as quotients, rounded and clamped by name.
 * @module
 */
import { ERROR_MAX, saturate } from '../../../shared/fixed/saturation.js';

/** y = min(activationMax, round(max(0, sum) / 2^shift)); arguments and result as the kernel's. */
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
  let clipped = 0;
  for (let i = from; i < to; i++) {
    const y = Math.round(Math.max(0, sums[sumsAt + i]) / 2 ** shift);
    if (y > activationMax) clipped++;
    out[outAt + i] = Math.min(activationMax, y);
  }
  return clipped;
}

/** dOutput = activation > 0 ? dOutput : 0, and the largest magnitude left; arguments as the kernel's. */
export function reluMask(
  dOutputs: Int32Array,
  dOutputsAt: number,
  activations: Uint8Array,
  activationsAt: number,
  from: number,
  to: number,
): number {
  for (let i = from; i < to; i++) {
    if (activations[activationsAt + i] === 0) dOutputs[dOutputsAt + i] = 0;
  }
  return largestMagnitude(dOutputs, dOutputsAt, from, to);
}

/** max |value|, at most 2^31 - 1; arguments as the kernel's. */
export function largestMagnitude(
  values: Int16Array | Int32Array,
  valuesAt: number,
  from: number,
  to: number,
): number {
  let most = 0;
  for (let i = from; i < to; i++) most = Math.max(most, Math.abs(values[valuesAt + i]));
  return Math.min(most, 2147483647);
}

/** error = ±min(ERROR_MAX, round(|dOutput| / 2^shift)); arguments as the kernel's. */
export function quantizeErrors(
  errors: Int16Array,
  errorsAt: number,
  dOutputs: Int32Array,
  dOutputsAt: number,
  shift: number,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const d = dOutputs[dOutputsAt + i];
    errors[errorsAt + i] = saturate(Math.sign(d) * Math.round(Math.abs(d) / 2 ** shift), ERROR_MAX);
  }
}
