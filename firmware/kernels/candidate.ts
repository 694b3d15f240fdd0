/**
 * The choice of a layer's active weights in one pass over them: the candidates, weights above a floor a little below
 * the expected threshold, are listed and counted; the counts give the threshold, and the list is cut to the chosen.
 *
 * The list is that of the active weights, longer for a while: `columns` from `columnsAt` on, row after row as
 * `rowStarts` says. Where it is full, it is cut to the choice among the rows so far, whose threshold is the next floor: a
 * later weight of that magnitude has enough others before it. Counts of what was cut stay; nobody comes to need them.
 * So whatever the floor, the choice is exact if the candidates are enough, and the same on every engine; ties go to
 * the lower index.
 * @module
 */

/**
 * Lists the columns of |weight| > floor in rows fromRow to toRow - 1, till a row might not fit, and counts their
 * magnitudes.
 *
 * @param columns   uint16 [room] filled on from rowStarts[fromRow]
 * @param rowStarts int32 [rows + 1]; rowStarts[fromRow] is set, those up to the result are written
 * @param bins      int32 [binCount + 1] counted on: magnitudes from `base` on, in the last all others
 * @param weights   int16 [rows × cols]
 * @param base      -1 to floor
 * @param floor     -1 to 32767
 * @param cols      0 to 65535
 * @returns the row that might not fit, or toRow
 */
export function listCandidates(
  columns: Uint16Array,
  columnsAt: number,
  room: number,
  rowStarts: Int32Array,
  rowStartsAt: number,
  bins: Int32Array,
  binsAt: number,
  binCount: number,
  weights: Int16Array,
  weightsAt: number,
  base: number,
  floor: number,
  cols: number,
  fromRow: number,
  toRow: number,
): number {
  const last = columnsAt + room - cols; // where a row may begin
  let to = columnsAt + rowStarts[rowStartsAt + fromRow];
  for (let r = fromRow; r < toRow; r++) {
    if (to > last) return r;
    const row = weightsAt + r * cols;
    const start = to;
    let c = 0;
    for (; c + 4 <= cols; c += 4) {
      const w0 = weights[row + c];
      const w1 = weights[row + c + 1];
      const w2 = weights[row + c + 2];
      const w3 = weights[row + c + 3];
      if (w0 > floor || w0 < -floor) {
        columns[to] = c;
        to++;
      }
      if (w1 > floor || w1 < -floor) {
        columns[to] = c + 1;
        to++;
      }
      if (w2 > floor || w2 < -floor) {
        columns[to] = c + 2;
        to++;
      }
      if (w3 > floor || w3 < -floor) {
        columns[to] = c + 3;
        to++;
      }
    }
    for (; c < cols; c++) {
      const w = weights[row + c];
      if (w <= floor && w >= -floor) continue;
      columns[to] = c;
      to++;
    }
    countRow(bins, binsAt, binCount, columns, start, to, weights, row, base);
    rowStarts[rowStartsAt + r + 1] = to - columnsAt;
  }
  return toRow;
}

/** Of the candidates columns[from..to) of one row, each in the bin of its |weight|. */
function countRow(
  bins: Int32Array,
  binsAt: number,
  binCount: number,
  columns: Uint16Array,
  from: number,
  to: number,
  weights: Int16Array,
  row: number,
  base: number,
): void {
  for (let k = from; k < to; k++) {
    const w = weights[row + columns[k]];
    const bin = w < 0 ? -w - base : w - base;
    if (bin < binCount) bins[binsAt + bin]++;
    else bins[binsAt + binCount]++;
  }
}

/**
 * Cuts the list to the candidates above the threshold and the first `ties` equal to it, in rows fromRow to toRow - 1.
 *
 * @param columns   uint16 [listed] moved down to rowStarts[fromRow] and on
 * @param rowStarts int32 [rows + 1]; rowStarts[fromRow] is of the cut list, those up to toRow become so
 * @param weights   int16 [rows × cols]
 * @param first     rowStarts[fromRow] before the cut
 * @where listed = rowStarts[rowStartsAt + rows]
 * @returns ties left for the rows after these
 */
export function cutCandidates(
  columns: Uint16Array,
  columnsAt: number,
  rowStarts: Int32Array,
  rowStartsAt: number,
  weights: Int16Array,
  weightsAt: number,
  first: number,
  threshold: number,
  ties: number,
  cols: number,
  fromRow: number,
  toRow: number,
): number {
  let left = ties;
  let to = columnsAt + rowStarts[rowStartsAt + fromRow];
  let k = first;
  for (let r = fromRow; r < toRow; r++) {
    const row = weightsAt + r * cols;
    const end = rowStarts[rowStartsAt + r + 1];
    for (; k < end; k++) {
      const c = columns[columnsAt + k];
      const w = weights[row + c];
      if (w <= threshold && w >= -threshold) {
        if ((w < threshold && w > -threshold) || left === 0) continue;
        left--;
      }
      columns[to] = c;
      to++;
    }
    rowStarts[rowStartsAt + r + 1] = to - columnsAt;
  }
  return left;
}
