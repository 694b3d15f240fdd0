/**
 * The lists of places.ts by their definition.
 * @module
 */

/** Arguments as the kernel's. */
export function listPlaces(
  places: Uint32Array,
  columns: Uint16Array,
  columnsAt: number,
  rowStarts: Int32Array,
  rowStartsAt: number,
  cols: number,
  rows: number,
): void {
  const starts = rowStarts.subarray(rowStartsAt, rowStartsAt + rows + 1);
  for (let k = 0; k < starts[rows]; k++) {
    const row = starts.filter((start) => start <= k).length - 1;
    places[k] = row * cols + columns[columnsAt + k];
  }
}

/** Arguments as the kernel's. */
export function adoptPlaces(
  columns: Uint16Array,
  columnsAt: number,
  rowStarts: Int32Array,
  rowStartsAt: number,
  places: Uint32Array,
  count: number,
  cols: number,
  rows: number,
): void {
  const list = places.subarray(0, count);
  for (let r = 0; r <= rows; r++) {
    rowStarts[rowStartsAt + r] = list.filter((place) => place < r * cols).length;
  }
  columns.set(
    list.map((place) => place % cols),
    columnsAt,
  );
}
