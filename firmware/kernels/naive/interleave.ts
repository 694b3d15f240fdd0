/**
 * The copy of interleave.ts in its plainest form.
 * @module
 */

/** Arguments as the kernel's. */
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
  for (let i = 0; i < rows * width; i++) {
    const row = Math.floor(i / width);
    const place = Math.floor(row / height) * plane + (row % height) * pitch + (i % width);
    volume[volumeAt + place * lanes + lane] = example[exampleAt + i];
  }
}
