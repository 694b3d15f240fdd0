/**
 * The formulas of ../pool.ts, window by window.
 * @module
 */

/** out[unit] = the largest input of its window; arguments as the kernel's. */
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
  for (let unit = from; unit < to; unit++) {
    for (let lane = 0; lane < lanes; lane++) {
      const window = windowOf(table, tableAt, size, positions, plane, unit);
      const values = window.map((place) => inputs[inputsAt + place * lanes + lane]);
      out[outAt + outputOf(table, tableAt, size, positions, outPlane, unit) * lanes + lane] = Math.max(
        ...values,
      );
    }
  }
}

/** dInputs[largest of the window] += error, ties to the lower place; arguments as the kernel's. */
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
  for (let unit = from; unit < to; unit++) {
    for (let lane = 0; lane < lanes; lane++) {
      const window = windowOf(table, tableAt, size, positions, plane, unit);
      const values = window.map((place) => inputs[inputsAt + place * lanes + lane]);
      const best = window[values.indexOf(Math.max(...values))];
      const g = outputOf(table, tableAt, size, positions, outPlane, unit);
      dInputs[dInputsAt + best * lanes + lane] += errors[errorsAt + g * lanes + lane];
    }
  }
}

/** out[unit] = the mean of its window to nearest, ties up; arguments as the kernel's. */
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
  for (let unit = from; unit < to; unit++) {
    for (let lane = 0; lane < lanes; lane++) {
      let sum = 0;
      for (const place of windowOf(table, tableAt, size, positions, plane, unit)) {
        sum += inputs[inputsAt + place * lanes + lane];
      }
      const y = outputOf(table, tableAt, size, positions, outPlane, unit);
      out[outAt + y * lanes + lane] = Math.floor((2 * sum + size) / (2 * size));
    }
  }
}

/** dInputs[each of the window] += error · factor; arguments as the kernel's. */
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
  for (let unit = from; unit < to; unit++) {
    for (let lane = 0; lane < lanes; lane++) {
      const g = outputOf(table, tableAt, size, positions, outPlane, unit);
      for (const place of windowOf(table, tableAt, size, positions, plane, unit)) {
        dInputs[dInputsAt + place * lanes + lane] += errors[errorsAt + g * lanes + lane] * factor;
      }
    }
  }
}

/** Places that a unit reads. */
function windowOf(
  table: Uint16Array,
  tableAt: number,
  size: number,
  positions: number,
  plane: number,
  unit: number,
): number[] {
  const p = unit % positions;
  const channel = (unit - p) / positions;
  return Array.from(
    { length: size },
    (_, i) => channel * plane + table[tableAt + size + p] + table[tableAt + i],
  );
}

/** Place that a unit writes. */
function outputOf(
  table: Uint16Array,
  tableAt: number,
  size: number,
  positions: number,
  outPlane: number,
  unit: number,
): number {
  const p = unit % positions;
  return ((unit - p) / positions) * outPlane + table[tableAt + size + positions + p];
}
