/**
 * An example's way into its lane of a batch. Layout as in dense.ts, with the borders of conv.ts.
 * @module
 */

/**
 * volume[channel · plane + row · pitch + column][lane] = example[row][column]; the border stays as it is.
 *
 * @param volume  uint8 [((rows / height - 1) · plane + (height - 1) · pitch + width) × lanes] from the first value on
 * @param example uint8 [rows × width]
 * @param rows    1 to 65535: of all channels, a multiple of height
 * @param height  1 to rows: rows of a channel
 * @param pitch   places from one row to the next, width or more
 * @param plane   places from one channel to the next
 * @param lane    0 to lanes - 1
 */
export function interleaveRows(
  volume: Uint8Array,
  volumeAt: number,
  example: Uint8Array,
  exampleAt: number,
  rows: number,
  height: number,
  width: number,
  pitch: number,
  plane: number,
  lanes: number,
  lane: number,
): void {
  let from = exampleAt;
  for (let row = 0; row < rows; row++) {
    const channel = (row / height) | 0;
    let to = volumeAt + (channel * plane + (row - channel * height) * pitch) * lanes + lane;
    for (let column = 0; column < width; column++) {
      volume[to] = example[from];
      from++;
      to += lanes;
    }
  }
}
