/**
 * The weight gradient of a convolution and the SGD step in one, as in step.ts. A gradient sums over all
 * positions, so its low `cut` bits are rounded off before the mantissa (gradientCut in
 * shared/model/bounds.ts). Geometry and layout as in conv.ts.
 * @module
 */
import { NOISE_BITS, NOISE_LENGTH } from '../../shared/fixed/noise.js';

/**
 * weights[r][c] -= rate · Σ_p Σ_lane errors[r][p] · inputs[bases[p] + offsets[c]], for weights r · cols + c
 * from to to - 1.
 *
 * |Σ| ≤ 2^31 - 1 - 2^(cut-1) and (|Σ| / 2^cut + 1/2) · mantissa + 2^shift ≤ 2^31 - 1.
 *
 * @param weights int16 [rows × cols] updated, saturating at ±weightMax
 * @param errors  int16 [rows × plane × lanes]
 * @param plane   stored places of one output row
 * @param inputs  uint8 or int8 [stored × lanes]
 * @param rowStep 0, or stored places of one input channel (depthwise)
 * @param table   uint16 [cols + 2 · positions]
 * @param noise   int32 [NOISE_LENGTH]
 * @param noiseTurn 0 to NOISE_LENGTH - 1: where in the noise weight 0 begins
 * @param cut     0 to 30
 * @param mantissa step = (sum / 2^cut · mantissa) / 2^shift in units of the weights' exponent
 * @param shift   0 to 30
 * @where rows = (to - 1) / cols + 1
 * @where stored = (rows - 1) * rowStep + largest(table, tableAt, cols) + largest(table, tableAt + cols, positions) + 1
 * @returns how many weights were clipped
 */
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
  const basesAt = tableAt + cols;
  const basesEnd = basesAt + positions;
  const half = (1 << cut) >> 1;
  const noiseCut = NOISE_BITS - shift;
  let clipped = 0;
  let r = (from / cols) | 0;
  let c = from - r * cols;
  for (let i = from; i < to; i++) {
    const base = inputsAt + (r * rowStep + table[tableAt + c]) * lanes;
    const row = errorsAt + r * plane * lanes;
    let sum = 0;
    for (let t = basesAt; t < basesEnd; t++) {
      let x = base + table[t] * lanes;
      let g = row + table[t + positions] * lanes;
      const end = g + lanes;
      for (; g + 8 <= end; g += 8) {
        sum +=
          errors[g] * inputs[x] +
          errors[g + 1] * inputs[x + 1] +
          errors[g + 2] * inputs[x + 2] +
          errors[g + 3] * inputs[x + 3] +
          errors[g + 4] * inputs[x + 4] +
          errors[g + 5] * inputs[x + 5] +
          errors[g + 6] * inputs[x + 6] +
          errors[g + 7] * inputs[x + 7];
        x += 8;
      }
      for (; g < end; g++) {
        sum += errors[g] * inputs[x];
        x++;
      }
    }
    if (sum !== 0) {
      const dither = noise[noiseAt + ((noiseTurn + i) & (NOISE_LENGTH - 1))] >> noiseCut;
      let w = weights[weightsAt + i] - ((((sum + half) >> cut) * mantissa + dither) >> shift);
      if (w > weightMax) {
        w = weightMax;
        clipped++;
      } else if (w < -weightMax) {
        w = -weightMax;
        clipped++;
      }
      weights[weightsAt + i] = w;
    }
    c++;
    if (c === cols) {
      c = 0;
      r++;
    }
  }
  return clipped;
}

/**
 * The positions at which one column reads a kept input.
 *
 * @param kept  uint16 [positions] overwritten, ascending
 * @param marks uint8 [place + largest(table, basesAt, positions) + 1] 1 = kept
 * @param place offsets[c] of the column, plus its input channel's first place (depthwise)
 * @param table uint16 [basesAt + positions], bases[positions] at basesAt
 * @returns how many
 */
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
  let count = 0;
  for (let p = 0; p < positions; p++) {
    if (marks[marksAt + place + table[basesAt + p]] === 0) continue;
    kept[keptAt + count] = p;
    count++;
  }
  return count;
}

/**
 * The same step for column c of rows fromRow to toRow - 1, with the kept inputs only: what is not kept
 * counts as 0.
 *
 * @param weights int16 [rows × cols]
 * @param errors  int16 [rows × plane × lanes]
 * @param inputs  uint8 or int8 [stored × lanes]
 * @param place   offsets[c], plus the input channel's first place (depthwise, one row a call)
 * @param kept    uint16 [keptCount] positions, ascending
 * @param keptCount 0 to positions
 * @param table   uint16 [cols + 2 · positions]
 * @param noise   int32 [NOISE_LENGTH]
 * @param noiseTurn 0 to NOISE_LENGTH - 1
 * @param cut     0 to 30
 * @param shift   0 to 30
 * @param c       0 to cols - 1
 * @where stored = place + largest(table, tableAt + cols, positions) + 1
 */
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
  const basesAt = tableAt + cols;
  const keptEnd = keptAt + keptCount;
  const base = inputsAt + place * lanes;
  const half = (1 << cut) >> 1;
  const noiseCut = NOISE_BITS - shift;
  let clipped = 0;
  for (let r = fromRow; r < toRow; r++) {
    const row = errorsAt + r * plane * lanes;
    let sum = 0;
    for (let k = keptAt; k < keptEnd; k++) {
      const t = basesAt + kept[k];
      let x = base + table[t] * lanes;
      let g = row + table[t + positions] * lanes;
      const end = g + lanes;
      for (; g + 8 <= end; g += 8) {
        sum +=
          errors[g] * inputs[x] +
          errors[g + 1] * inputs[x + 1] +
          errors[g + 2] * inputs[x + 2] +
          errors[g + 3] * inputs[x + 3] +
          errors[g + 4] * inputs[x + 4] +
          errors[g + 5] * inputs[x + 5] +
          errors[g + 6] * inputs[x + 6] +
          errors[g + 7] * inputs[x + 7];
        x += 8;
      }
      for (; g < end; g++) {
        sum += errors[g] * inputs[x];
        x++;
      }
    }
    if (sum === 0) continue;
    const i = r * cols + c;
    const dither = noise[noiseAt + ((noiseTurn + i) & (NOISE_LENGTH - 1))] >> noiseCut;
    let w = weights[weightsAt + i] - ((((sum + half) >> cut) * mantissa + dither) >> shift);
    if (w > weightMax) {
      w = weightMax;
      clipped++;
    } else if (w < -weightMax) {
      w = -weightMax;
      clipped++;
    }
    weights[weightsAt + i] = w;
  }
  return clipped;
}

/**
 * The same step for weights from to to - 1, counted column by column since rows share the list of a column's positions
 * (but not if depthwise), with the marked inputs only.
 *
 * @param weights int16 [rows × cols]
 * @param errors  int16 [rows × plane × lanes]
 * @param inputs  uint8 or int8 [stored × lanes]
 * @param rowStep 0, or stored places of one input channel (depthwise)
 * @param kept    uint16 [positions] scratch
 * @param marks   uint8 [stored] 1 = kept
 * @param used    int32 [1] updated: plus the positions that each weight's sum has
 * @param table   uint16 [cols + 2 · positions]
 * @param noise   int32 [NOISE_LENGTH]
 * @param noiseTurn 0 to NOISE_LENGTH - 1
 * @param cut     0 to 30
 * @param shift   0 to 30
 * @param rows    1 to 65535
 * @param from    0 to to
 * @param to      0 to rows * cols
 * @where stored = (rows - 1) * rowStep + largest(table, tableAt, cols) + largest(table, tableAt + cols, positions) + 1
 * @returns how many weights were clipped
 */
export function markedConvWeightStep(
  weights: Int16Array,
  weightsAt: number,
  errors: Int16Array,
  errorsAt: number,
  plane: number,
  inputs: Uint8Array | Int8Array,
  inputsAt: number,
  rowStep: number,
  kept: Uint16Array,
  keptAt: number,
  marks: Uint8Array,
  marksAt: number,
  used: Int32Array,
  usedAt: number,
  table: Uint16Array,
  tableAt: number,
  noise: Int32Array,
  noiseAt: number,
  noiseTurn: number,
  cut: number,
  mantissa: number,
  shift: number,
  weightMax: number,
  rows: number,
  cols: number,
  positions: number,
  lanes: number,
  from: number,
  to: number,
): number {
  let clipped = 0;
  let i = from;
  while (i < to) {
    const c = (i / rows) | 0;
    const row = i - c * rows;
    let end = rowStep === 0 ? rows : row + 1;
    if (end - row > to - i) end = row + to - i;
    const place = row * rowStep + table[tableAt + c];
    const count = listPositions(kept, keptAt, marks, marksAt, place, table, tableAt + cols, positions);
    // biome-ignore format: arguments in groups
    clipped += sparseConvWeightStep(
      weights, weightsAt, errors, errorsAt, plane, inputs, inputsAt, place, kept, keptAt, count, table, tableAt,
      noise, noiseAt, noiseTurn, cut, mantissa, shift, weightMax, c, cols, positions, lanes, row, end,
    );
    used[usedAt] += (end - row) * count;
    i += end - row;
  }
  return clipped;
}
