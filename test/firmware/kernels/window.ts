/**
 * Random windows over random volumes, with the table of places that kernels read.
 */
import type { Random } from '../../../shared/fixed/random.js';
import { type Border, fillPlaces, type Volume, volumeOf, type Window } from '../../../shared/model/volume.js';

export interface Geometry {
  readonly window: Window;
  readonly border: Border; // zeros around the input that its windows reach
  readonly input: Volume;
  readonly output: Volume; // with a border of its own
  readonly positions: number;
  readonly table: Uint16Array; // for windows over `read` channels
}

/**
 * @param channels of the input
 * @param rows     channels of the output
 * @param read     channels that one output reads
 */
export function geometryOf(random: Random, channels: number, rows: number, read: number): Geometry {
  const some = (): Border => ({
    top: random.below(2),
    left: random.below(3),
    bottom: random.below(2),
    right: random.below(3),
  });
  const size = [1 + random.below(3), 1 + random.below(4)] as const;
  const stride = [1 + random.below(3), 1 + random.below(3)] as const;
  const window: Window = { size, stride };
  const border = some();
  const height = size[0] + random.below(4);
  const width = size[1] + random.below(5);
  const input = volumeOf(channels, height, width, border);
  const down = Math.floor((height + border.top + border.bottom - size[0]) / stride[0]) + 1;
  const across = Math.floor((width + border.left + border.right - size[1]) / stride[1]) + 1;
  const output = volumeOf(rows, down, across, some());
  const positions = down * across;
  const table = new Uint16Array(read * size[0] * size[1] + 2 * positions);
  fillPlaces(table, 0, window, read, input, output);
  return { window, border, input, output, positions, table };
}

/**
 * The places of one row or channel's window at one position, by arithmetic instead of the table; what
 * lies in the border is left out.
 *
 * @returns [column of the window, channel · height · width + y · width + x] of each value
 */
export function windowAt(
  { window, border, input, output }: Geometry,
  from: number,
  read: number,
  position: number,
): [number, number][] {
  const [height, width] = window.size;
  const top = Math.floor(position / output.width) * window.stride[0] - border.top;
  const left = (position % output.width) * window.stride[1] - border.left;
  const places: [number, number][] = [];
  for (let channel = 0; channel < read; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (top + y < 0 || top + y >= input.height || left + x < 0 || left + x >= input.width) continue;
        const place = ((from + channel) * input.height + top + y) * input.width + left + x;
        places.push([(channel * height + y) * width + x, place]);
      }
    }
  }
  return places;
}

/** Place in the stored volume of a value counted without the border. */
export function storedPlace({ height, width, plane, pitch, first }: Volume, place: number): number {
  const channel = Math.floor(place / (height * width));
  const rest = place % (height * width);
  return channel * plane + first + Math.floor(rest / width) * pitch + (rest % width);
}
