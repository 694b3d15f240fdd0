/**
 * The three products of a layer in real numbers, for one example: forward, input gradient, weight
 * gradient. Values that are 0 are skipped: after ReLU, and in images, that is about half.
 *
 * A volume lies as in shared/model/volume.ts, with its border of zeros, but holds one example.
 * @module
 */
import { isSparse, type TwinLayer } from './layer.js';

/** Values ≠ 0 of one window: room for those of the widest layer. */
export interface Patch {
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

export function patchOf(twins: readonly TwinLayer[]): Patch {
  const widest = Math.max(...twins.map(({ layer }) => layer.inputs));
  return { columns: new Int32Array(widest), values: new Float64Array(widest) };
}

/** sums[r][p] = bias[r] + Σ_c weight[r][c] · input of column c at position p. @param sums overwritten */
export function forward(sums: Float64Array, twin: TwinLayer, input: Float64Array, patch: Patch): void {
  const { bases, places, offsets, groups, groupStep, weights, biases, rowStarts, columns, layer } = twin;
  const { inputs, outputs, output } = layer;
  const { plane } = output;
  const rows = outputs / groups;
  const sparse = isSparse(twin);
  for (let group = 0; group < groups; group++) {
    for (let p = 0; p < bases.length; p++) {
      const base = group * groupStep + bases[p];
      const from = group * rows;
      if (!sparse) {
        const count = gather(patch, input, base, offsets);
        multiplyRows(sums, places[p], plane, weights, biases, patch, count, inputs, from, from + rows);
        continue;
      }
      for (let r = from; r < from + rows; r++) {
        const row = r * inputs;
        const end = rowStarts[r + 1];
        let sum = biases[r];
        for (let k = rowStarts[r]; k < end; k++) {
          sum += weights[row + columns[k]] * input[base + offsets[columns[k]]];
        }
        sums[r * plane + places[p]] = sum;
      }
    }
  }
}

/**
 * dInput[c] += Σ_r weight[r][c] · error[r] over the windows that read it, where the input is not 0.
 * Elsewhere it is what ReLU cut off, and gets none.
 * @param dInput [stored input] overwritten
 */
export function inputGradient(
  dInput: Float64Array,
  twin: TwinLayer,
  errors: Float64Array,
  input: Float64Array,
  patch: Patch,
): void {
  const { bases, places, offsets, groups, groupStep, weights, rowStarts, columns, layer } = twin;
  const { inputs, outputs, output } = layer;
  const { columns: listed, values } = patch;
  const rows = outputs / groups;
  const sparse = isSparse(twin);
  dInput.fill(0);
  for (let group = 0; group < groups; group++) {
    for (let p = 0; p < bases.length; p++) {
      const base = group * groupStep + bases[p];
      const count = sparse ? 0 : gather(patch, input, base, offsets);
      values.fill(0, 0, count);
      for (let r = group * rows; r < (group + 1) * rows; r++) {
        const error = errors[r * output.plane + places[p]];
        if (error === 0) continue;
        const row = r * inputs;
        const end = rowStarts[r + 1];
        if (sparse) {
          for (let k = rowStarts[r]; k < end; k++) {
            dInput[base + offsets[columns[k]]] += weights[row + columns[k]] * error;
          }
        } else {
          for (let k = 0; k < count; k++) values[k] += weights[row + listed[k]] * error;
        }
      }
      for (let k = 0; k < count; k++) dInput[base + offsets[listed[k]]] += values[k];
    }
  }
  if (sparse) clearWhereZero(dInput, input);
}

/**
 * gradient[r][c] += error[r] · input of column c, over all positions.
 * @param onlyActive weights that are not active get none
 */
export function weightGradient(
  twin: TwinLayer,
  errors: Float64Array,
  input: Float64Array,
  patch: Patch,
  onlyActive: boolean,
): void {
  const { bases, places, offsets, groups, groupStep, gradient, biasGradient } = twin;
  const { rowStarts, columns, layer } = twin;
  const { inputs, outputs, output } = layer;
  const { columns: listed, values } = patch;
  const rows = outputs / groups;
  for (let group = 0; group < groups; group++) {
    for (let p = 0; p < bases.length; p++) {
      const base = group * groupStep + bases[p];
      const count = onlyActive ? 0 : gather(patch, input, base, offsets);
      for (let r = group * rows; r < (group + 1) * rows; r++) {
        const error = errors[r * output.plane + places[p]];
        if (error === 0) continue;
        biasGradient[r] += error;
        const row = r * inputs;
        const end = onlyActive ? rowStarts[r + 1] : 0;
        for (let k = onlyActive ? rowStarts[r] : 0; k < end; k++) {
          gradient[row + columns[k]] += error * input[base + offsets[columns[k]]];
        }
        for (let k = 0; k < count; k++) gradient[row + listed[k]] += error * values[k];
      }
    }
  }
}

/** values[i] = 0 where the activation is 0: ReLU gave it, and passes no error. */
export function clearWhereZero(values: Float64Array, activations: Float64Array): void {
  for (let i = 0; i < values.length; i++) if (activations[i] === 0) values[i] = 0;
}

/** Lists the values ≠ 0 that a window reads. @returns how many */
function gather({ columns, values }: Patch, input: Float64Array, base: number, offsets: Int32Array): number {
  let count = 0;
  for (let c = 0; c < offsets.length; c++) {
    const value = input[base + offsets[c]];
    if (value === 0) continue;
    columns[count] = c;
    values[count++] = value;
  }
  return count;
}

/** Four rows at once, since a sum alone waits for each addition. */
function multiplyRows(
  sums: Float64Array,
  place: number,
  plane: number,
  weights: Float64Array,
  biases: Float64Array,
  { columns, values }: Patch,
  count: number,
  inputs: number,
  from: number,
  to: number,
): void {
  let r = from;
  for (; r + 4 <= to; r += 4) {
    const row = r * inputs;
    let s0 = biases[r];
    let s1 = biases[r + 1];
    let s2 = biases[r + 2];
    let s3 = biases[r + 3];
    for (let k = 0; k < count; k++) {
      const at = row + columns[k];
      const x = values[k];
      s0 += weights[at] * x;
      s1 += weights[at + inputs] * x;
      s2 += weights[at + 2 * inputs] * x;
      s3 += weights[at + 3 * inputs] * x;
    }
    sums[r * plane + place] = s0;
    sums[(r + 1) * plane + place] = s1;
    sums[(r + 2) * plane + place] = s2;
    sums[(r + 3) * plane + place] = s3;
  }
  for (; r < to; r++) {
    let sum = biases[r];
    for (let k = 0; k < count; k++) sum += weights[r * inputs + columns[k]] * values[k];
    sums[r * plane + place] = sum;
  }
}
