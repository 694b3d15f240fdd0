/**
 * The values between two layers: channels of rows of columns, each example's own. A volume that a
 * padded convolution reads is stored with its border of zeros, so that no kernel tests a bound;
 * sums, activations and errors of one volume all lie at the same places. Along time the height is 1.
 * @module
 */
import { frozen } from '../fixed/frozen.js';
import type { Size } from './layer.js';

export interface Volume {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly pitch: number; // stored places from one row to the next: the width and the border
  readonly plane: number; // stored places of one channel
  readonly first: number; // place of the value in row 0, column 0
}

/** A kernel or a pooling window, and how far it moves. */
export interface Window {
  readonly size: Size;
  readonly stride: Size;
}

/** Zeros around each channel. */
export interface Border {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export const NO_BORDER: Border = frozen({ top: 0, left: 0, bottom: 0, right: 0 });

export function volumeOf(channels: number, height: number, width: number, border: Border): Volume {
  const pitch = width + border.left + border.right;
  const plane = pitch * (height + border.top + border.bottom);
  return { channels, height, width, pitch, plane, first: border.top * pitch + border.left };
}

/** Values without the border. */
export function valuesOf({ channels, height, width }: Volume): number {
  return channels * height * width;
}

/** Values with the border: what a tensor holds for each example. */
export function storedOf({ channels, plane }: Volume): number {
  return channels * plane;
}

export function hasBorder({ plane, height, width }: Volume): boolean {
  return plane > height * width;
}

/** Values of one window in one channel. */
export function areaOf({ size: [height, width] }: Window): number {
  return height * width;
}

/** Windows that read one value, at most. */
export function overlapOf({ size, stride }: Window): number {
  return Math.ceil(size[0] / stride[0]) * Math.ceil(size[1] / stride[1]);
}

/**
 * Fills a window's table of places: offsets[channel][row][column] of the values that one window reads,
 * bases[position] of each window in the input, places[position] of its output in a plane.
 *
 * @param table    uint16 [channels · area + 2 · positions] overwritten
 * @param channels that one output reads: all of the input's, or 1
 */
export function fillPlaces(
  table: Uint16Array,
  at: number,
  { size, stride }: Window,
  channels: number,
  input: Volume,
  output: Volume,
): void {
  let to = at;
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < size[0]; row++) {
      for (let column = 0; column < size[1]; column++) {
        table[to++] = channel * input.plane + row * input.pitch + column;
      }
    }
  }
  const positions = output.height * output.width;
  for (let row = 0; row < output.height; row++) {
    for (let column = 0; column < output.width; column++) {
      // windows begin in the border's corner, which is place 0
      table[to] = row * stride[0] * input.pitch + column * stride[1];
      table[to + positions] = output.first + row * output.pitch + column;
      to++;
    }
  }
}
