/**
 * The formula of ../maskstep.ts, row by row as a choice of columns.
 * @module
 */
import { sparseWeightStep } from './step.js';

/** Arguments and result as the kernel's. */
export function listedWeightStep(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  errorsAt: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  rowStarts: Int32Array,
  rowStartsAt: number,
  columns: Uint16Array,
  columnsAt: number,
  noise: Int32Array,
  noiseAt: number,
  noiseTurn: number,
  mantissa: number,
  shift: number,
  weightMax: number,
  cols: number,
  lanes: number,
  fromRow: number,
  toRow: number,
): number {
  let clipped = 0;
  for (let r = fromRow; r < toRow; r++) {
    const start = rowStarts[rowStartsAt + r];
    const count = rowStarts[rowStartsAt + r + 1] - start;
    // biome-ignore format: arguments in groups
    clipped += sparseWeightStep(
      weights, weightsAt, errors, errorsAt, inputs, inputsAt, columns, columnsAt + start, count, noise, noiseAt,
      noiseTurn, mantissa, shift, weightMax, cols, lanes, r, r + 1,
    );
  }
  return clipped;
}
