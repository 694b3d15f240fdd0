/**
 * The steps of ../candidate.ts by their definition: filter, and count or take.
 * @module
 */

/** Row by row the columns of |weight| > floor, each in its bin; arguments and result as the kernel's. */
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
  for (let r = fromRow; r < toRow; r++) {
    const start = rowStarts[rowStartsAt + r];
    if (start + cols > room) return r;
    const row = weights.slice(weightsAt + r * cols, weightsAt + (r + 1) * cols);
    const listed = [...row.keys()].filter((c) => Math.abs(row[c]) > floor);
    columns.set(listed, columnsAt + start);
    for (const c of listed) bins[binsAt + Math.min(binCount, Math.abs(row[c]) - base)] += 1;
    rowStarts[rowStartsAt + r + 1] = start + listed.length;
  }
  return toRow;
}

/** The largest of each row, and of those equal to the threshold the first; arguments and result as the kernel's. */
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
  const starts = [first, ...rowStarts.slice(rowStartsAt + fromRow + 1, rowStartsAt + toRow + 1)];
  const list = columns.slice(columnsAt, columnsAt + starts[starts.length - 1]);
  let left = ties;
  let kept = rowStarts[rowStartsAt + fromRow];
  for (let r = fromRow; r < toRow; r++) {
    const listed = list.slice(starts[r - fromRow], starts[r - fromRow + 1]);
    const chosen = listed.filter((c) => {
      const magnitude = Math.abs(weights[weightsAt + r * cols + c]);
      return magnitude > threshold || (magnitude === threshold && left-- > 0);
    });
    left = Math.max(0, left);
    columns.set(chosen, columnsAt + kept);
    kept += chosen.length;
    rowStarts[rowStartsAt + r + 1] = kept;
  }
  return left;
}
