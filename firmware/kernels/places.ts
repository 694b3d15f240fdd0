/**
 * A layer's active weights as one list of places, and back: place = row · cols + column.
 * @module
 */

/**
 * Lists the places of the active weights.
 *
 * @param places    uint32 [active] ascending
 * @param columns   uint16 [active]
 * @param rowStarts int32 [rows + 1]
 * @param cols      0 to 65535
 * @where active = rowStarts[rowStartsAt + rows]
 */
export function listPlaces(
  places: Uint32Array,
  columns: Uint16Array,
  columnsAt: number,
  rowStarts: Int32Array,
  rowStartsAt: number,
  cols: number,
  rows: number,
): void {
  for (let r = 0; r < rows; r++) {
    const row = r * cols;
    const end = rowStarts[rowStartsAt + r + 1];
    for (let k = rowStarts[rowStartsAt + r]; k < end; k++) places[k] = row + columns[columnsAt + k];
  }
}

/**
 * Makes the weights at the places the active ones.
 *
 * @param columns   uint16 [count]
 * @param rowStarts int32 [rows + 1]
 * @param places    uint32 [count] ascending, below rows · cols
 * @param cols      0 to 65535
 */
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
  let k = 0;
  for (let r = 0; r < rows; r++) {
    const row = r * cols;
    rowStarts[rowStartsAt + r] = k;
    while (k < count) {
      const column = places[k] - row;
      if (column >= cols) break;
      columns[columnsAt + k] = column;
      k++;
    }
  }
  rowStarts[rowStartsAt + rows] = k;
}
