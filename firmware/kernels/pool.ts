/**
 * Pooling over windows of one channel: the largest value or the mean, forward and backward. Geometry as
 * in conv.ts: table = offsets[size], bases[positions], places[positions]; a unit is one output of one
 * example, channel · positions + p. Activations are uint8, after ReLU, and keep their exponent.
 * @module
 */

/** Fraction bits of the factor of averagePoolGradient. */
export const AVERAGE_BITS = 16;

/**
 * out[unit] = the largest input of its window.
 *
 * @param out      uint8 [channels × outPlane × lanes] places of these units overwritten
 * @param outPlane stored places of one output channel
 * @param inputs   uint8 [channels × plane × lanes]
 * @param plane    stored places of one input channel
 * @param table    uint16 [size + 2 · positions]
 * @param size     values of a window
 * @where channels = (to - 1) / positions + 1
 */
export function maxPoolForward(
  out: Uint8Array,
  outAt: number,
  outPlane: number,
  inputs: Uint8Array,
  inputsAt: number,
  plane: number,
  table: Uint16Array,
  tableAt: number,
  size: number,
  positions: number,
  lanes: number,
  from: number,
  to: number,
): void {
  const tableEnd = tableAt + size;
  let channel = (from / positions) | 0;
  let p = from - channel * positions;
  for (let unit = from; unit < to; unit++) {
    const base = inputsAt + (channel * plane + table[tableEnd + p]) * lanes;
    const y = outAt + (channel * outPlane + table[tableEnd + positions + p]) * lanes;
    for (let lane = 0; lane < lanes; lane++) {
      let most = 0;
      for (let t = tableAt; t < tableEnd; t++) {
        const x = inputs[base + table[t] * lanes + lane];
        if (x > most) most = x;
      }
      out[y + lane] = most;
    }
    p++;
    if (p === positions) {
      p = 0;
      channel++;
    }
  }
}

/**
 * dInputs[largest of the window] += error, ties to the lower place. Clear dInputs before the first unit.
 *
 * Exact: at most `size` windows read a value, so |dInputs| ≤ 65,535 · ERROR_MAX.
 *
 * @param dInputs  int32 [channels × plane × lanes] accumulated; exponent as errors
 * @param inputs   uint8 [channels × plane × lanes] those of the forward pass
 * @param errors   int16 [channels × outPlane × lanes] |error| ≤ ERROR_MAX
 * @param table    uint16 [size + 2 · positions]
 * @where channels = (to - 1) / positions + 1
 */
export function maxPoolGradient(
  dInputs: Int32Array,
  dInputsAt: number,
  inputs: Uint8Array,
  inputsAt: number,
  plane: number,
  errors: Int16Array,
  errorsAt: number,
  outPlane: number,
  table: Uint16Array,
  tableAt: number,
  size: number,
  positions: number,
  lanes: number,
  from: number,
  to: number,
): void {
  const tableEnd = tableAt + size;
  let channel = (from / positions) | 0;
  let p = from - channel * positions;
  for (let unit = from; unit < to; unit++) {
    const base = (channel * plane + table[tableEnd + p]) * lanes;
    const g = errorsAt + (channel * outPlane + table[tableEnd + positions + p]) * lanes;
    for (let lane = 0; lane < lanes; lane++) {
      const error = errors[g + lane];
      if (error === 0) continue;
      let most = -1;
      let best = 0;
      for (let t = tableAt; t < tableEnd; t++) {
        const at = base + table[t] * lanes + lane;
        const x = inputs[inputsAt + at];
        if (x > most) {
          most = x;
          best = at;
        }
      }
      dInputs[dInputsAt + best] += error;
    }
    p++;
    if (p === positions) {
      p = 0;
      channel++;
    }
  }
}

/**
 * out[unit] = the mean of its window to nearest, ties up.
 *
 * Exact: the sum is at most 65,535 · 255.
 *
 * @param out      uint8 [channels × outPlane × lanes] places of these units overwritten
 * @param inputs   uint8 [channels × plane × lanes]
 * @param table    uint16 [size + 2 · positions]
 * @where channels = (to - 1) / positions + 1
 */
export function averagePoolForward(
  out: Uint8Array,
  outAt: number,
  outPlane: number,
  inputs: Uint8Array,
  inputsAt: number,
  plane: number,
  table: Uint16Array,
  tableAt: number,
  size: number,
  positions: number,
  lanes: number,
  from: number,
  to: number,
): void {
  const tableEnd = tableAt + size;
  const half = size >> 1;
  let channel = (from / positions) | 0;
  let p = from - channel * positions;
  for (let unit = from; unit < to; unit++) {
    const base = inputsAt + (channel * plane + table[tableEnd + p]) * lanes;
    const y = outAt + (channel * outPlane + table[tableEnd + positions + p]) * lanes;
    for (let lane = 0; lane < lanes; lane++) {
      let sum = half;
      for (let t = tableAt; t < tableEnd; t++) sum += inputs[base + table[t] * lanes + lane];
      out[y + lane] = (sum / size) | 0; // an integer quotient: the double's truncation is exact
    }
    p++;
    if (p === positions) {
      p = 0;
      channel++;
    }
  }
}

/**
 * dInputs[each of the window] += error · factor. Clear dInputs before the first unit.
 *
 * Exact: |error · factor| ≤ 1023 · (2^16 / size + 1/2) and at most `size` windows read a value, so
 * |dInputs| ≤ 2^27.
 *
 * @param dInputs int32 [channels × plane × lanes] accumulated; exponent = that of errors - AVERAGE_BITS
 * @param errors  int16 [channels × outPlane × lanes] |error| ≤ ERROR_MAX
 * @param table   uint16 [size + 2 · positions]
 * @param factor  2^AVERAGE_BITS / size to nearest, ties up
 * @where channels = (to - 1) / positions + 1
 */
export function averagePoolGradient(
  dInputs: Int32Array,
  dInputsAt: number,
  plane: number,
  errors: Int16Array,
  errorsAt: number,
  outPlane: number,
  factor: number,
  table: Uint16Array,
  tableAt: number,
  size: number,
  positions: number,
  lanes: number,
  from: number,
  to: number,
): void {
  const tableEnd = tableAt + size;
  let channel = (from / positions) | 0;
  let p = from - channel * positions;
  for (let unit = from; unit < to; unit++) {
    const base = dInputsAt + (channel * plane + table[tableEnd + p]) * lanes;
    const g = errorsAt + (channel * outPlane + table[tableEnd + positions + p]) * lanes;
    for (let t = tableAt; t < tableEnd; t++) {
      const y = base + table[t] * lanes;
      for (let lane = 0; lane < lanes; lane++) dInputs[y + lane] += errors[g + lane] * factor;
    }
    p++;
    if (p === positions) {
      p = 0;
      channel++;
    }
  }
}
