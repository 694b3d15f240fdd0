/**
 * The formulas of ../convstep.ts: a gradient over all positions, two roundings, a clamp, weight by weight.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../../shared/fixed/noise.js';
import { saturate } from '../../../shared/fixed/saturation.js';

/** weights[r][c] -= rate · Σ_p Σ_lane errors[r][p] · inputs[bases[p] + offsets[c]]; arguments as the kernel's. */
export function convWeightStep(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  errorsAt: number,
  plane: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  rowStep: number,
  table: Uint16Array,
  tableAt: number,
  noise: Int32Array,
  noiseAt: number,
  noiseTurn: number,
  cut: number,
  mantissa: number,
  shift: number,
  weightMax: number,
  cols: number,
  positions: number,
  lanes: number,
  from: number,
  to: number,
): number {
  const all = Uint16Array.from({ length: positions }, (_, p) => p);
  let clipped = 0;
  for (let i = from; i < to; i++) {
    const c = i % cols;
    const r = (i - c) / cols;
    const place = r * rowStep + table[tableAt + c];
    // biome-ignore format: arguments in groups
    clipped += sparseConvWeightStep(
      weights, weightsAt, errors, errorsAt, plane, inputs, inputsAt, place, all, 0, positions, table, tableAt,
      noise, noiseAt, noiseTurn, cut, mantissa, shift, weightMax, c, cols, positions, lanes, r, r + 1,
    );
  }
  return clipped;
}

/** The positions whose input is marked; arguments and result as the kernel's. */
export function listPositions(
  kept: Uint16Array,
  keptAt: number,
  marks: Uint8Array,
  marksAt: number,
  place: number,
  table: Uint16Array,
  basesAt: number,
  positions: number,
): number {
  const list = Array.from({ length: positions }, (_, p) => p).filter(
    (p) => marks[marksAt + place + table[basesAt + p]] !== 0,
  );
  kept.set(list, keptAt);
  return list.length;
}

/** The same for one column and the kept positions; arguments and result as the kernel's. */
export function sparseConvWeightStep(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  errorsAt: number,
  plane: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  place: number,
  kept: Uint16Array,
  keptAt: number,
  keptCount: number,
  table: Uint16Array,
  tableAt: number,
  noise: Int32Array,
  noiseAt: number,
  noiseTurn: number,
  cut: number,
  mantissa: number,
  shift: number,
  weightMax: number,
  c: number,
  cols: number,
  positions: number,
  lanes: number,
  fromRow: number,
  toRow: number,
): number {
  let clipped = 0;
  for (let r = fromRow; r < toRow; r++) {
    let gradient = 0;
    for (let k = 0; k < keptCount; k++) {
      const p = kept[keptAt + k];
      const x = place + table[tableAt + cols + p];
      const g = r * plane + table[tableAt + cols + positions + p];
      for (let lane = 0; lane < lanes; lane++) {
        gradient += errors[errorsAt + g * lanes + lane] * inputs[inputsAt + x * lanes + lane];
      }
    }
    const rounded = Math.floor(gradient / 2 ** cut + 0.5);
    const i = r * cols + c;
    const random = noise[noiseAt + ((noiseTurn + i) % NOISE_LENGTH)] / 2 ** NOISE_BITS; // 0 to below 1
    const fraction = Math.floor(random * 2 ** shift) / 2 ** shift; // its first `shift` bits
    const w = weights[weightsAt + i] - Math.floor((rounded * mantissa) / 2 ** shift + fraction);
    weights[weightsAt + i] = saturate(w, weightMax);
    if (gradient !== 0 && Math.abs(w) > weightMax) clipped++;
  }
  return clipped;
}
