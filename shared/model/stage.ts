/**
 * The layers of a description with the volumes that they read and write, and the check that each
 * fits the one before it.
 * @module
 */
import type { ModelDescription } from './description.js';
import { bad } from './field.js';
import type { DenseDescription, LayerDescription, Padding, Size } from './layer.js';
import { type Border, NO_BORDER, storedOf, type Volume, volumeOf, type Window } from './volume.js';

export interface Stage {
  readonly layer: LayerDescription;
  readonly window: Window | undefined; // undefined for dense
  readonly input: Volume;
  readonly output: Volume;
}

/** What values mean: a bare list, or channels along time, or channels of an image. */
type Form = 'flat' | 'time' | 'image';

type WindowLayer = Exclude<LayerDescription, DenseDescription>;

type Extent = Readonly<{ channels: number; height: number; width: number }>;

/** Tables of places hold uint16. */
const MAX_STORED = 65535;

/** @throws RangeError naming the field that does not fit, its value and what was expected */
export function stagesOf({ input, layers }: ModelDescription): Stage[] {
  let form = formOf(layers[0], input.shape);
  let extent = extentOf(form, input.shape);
  const extents = [extent];
  const borders: Border[] = [];
  const windows: (Window | undefined)[] = [];
  for (const [i, layer] of layers.entries()) {
    const where = `model.layers[${i}]`;
    checkForm(layer, form, where, i === 0);
    if (layer.kind === 'dense') {
      form = 'flat';
      extent = { channels: layer.units, height: 1, width: 1 };
      borders.push(NO_BORDER);
      windows.push(undefined);
    } else {
      const window = windowOf(layer, extent, form, where);
      const padding = 'padding' in layer ? layer.padding : 'valid';
      borders.push(borderOf(extent, window, padding));
      windows.push(window);
      extent = outputOf(layer, extent, window, padding, where);
    }
    extents.push(extent);
  }
  const last = layers[layers.length - 1].kind;
  if (last !== 'dense') throw bad(`model.layers[${layers.length - 1}].kind`, last, '"dense", the last layer');
  // a volume has the border that its reader needs
  const volumes = extents.map(({ channels, height, width }, i) =>
    volumeOf(channels, height, width, borders[i] ?? NO_BORDER),
  );
  for (const [i, volume] of volumes.entries()) {
    if (storedOf(volume) > MAX_STORED) {
      const { channels, height, width } = volume;
      const where = i < layers.length ? `input of model.layers[${i}]` : 'output of the model';
      throw bad(where, [channels, height, width], `at most ${MAX_STORED} values with its padding`);
    }
  }
  return layers.map((layer, i) => ({ layer, window: windows[i], input: volumes[i], output: volumes[i + 1] }));
}

/** The first layer decides how an input is read; a dimension that is left out counts as one channel. */
function formOf(first: LayerDescription, shape: readonly number[]): Form {
  if (first.kind === 'conv1d') {
    if (shape.length > 2) throw bad('model.input.shape', shape, '[channels, time] for conv1d');
    return 'time';
  }
  if (first.kind === 'conv2d' || first.kind === 'depthwise2d') {
    if (shape.length < 2)
      throw bad('model.input.shape', shape, `[channels, height, width] for ${first.kind}`);
    return 'image';
  }
  return 'flat';
}

function extentOf(form: Form, shape: readonly number[]): Extent {
  if (form === 'flat') return { channels: shape.reduce((a, b) => a * b, 1), height: 1, width: 1 };
  const width = shape[shape.length - 1];
  if (form === 'time') return { channels: shape.length > 1 ? shape[0] : 1, height: 1, width };
  return { channels: shape.length > 2 ? shape[0] : 1, height: shape[shape.length - 2], width };
}

function checkForm({ kind }: LayerDescription, form: Form, where: string, isFirst: boolean): void {
  if (kind === 'dense') return;
  const isPool = kind === 'maxpool' || kind === 'avgpool' || kind === 'globalavgpool';
  if (isFirst && isPool) throw bad(`${where}.kind`, kind, 'a layer with weights before it');
  if (form === 'flat') throw bad(`${where}.kind`, kind, '"dense" after "dense"');
  if (!isPool && (kind === 'conv1d') !== (form === 'time')) {
    throw bad(
      `${where}.kind`,
      kind,
      form === 'time' ? '"conv1d" along time' : '"conv2d" or "depthwise2d" over an image',
    );
  }
}

function windowOf(layer: WindowLayer, extent: Extent, form: Form, where: string): Window {
  switch (layer.kind) {
    case 'globalavgpool':
      return { size: [extent.height, extent.width], stride: [1, 1] };
    case 'maxpool':
    case 'avgpool':
      return {
        size: sizeOf(layer.size, form, `${where}.size`),
        stride: sizeOf(layer.stride, form, `${where}.stride`),
      };
    case 'conv1d':
      return { size: [1, layer.kernel], stride: [1, layer.stride] };
    default:
      return { size: layer.kernel, stride: layer.stride };
  }
}

function sizeOf(value: number | Size, form: Form, where: string): Size {
  if (typeof value === 'number') {
    if (form === 'image') throw bad(where, value, 'a list of height and width over an image');
    return [1, value];
  }
  if (form === 'time') throw bad(where, value, 'a number along time');
  return value;
}

/** Half of the missing values before the first, the rest after the last. */
function borderOf({ height, width }: Extent, { size, stride }: Window, padding: Padding): Border {
  if (padding === 'valid') return NO_BORDER;
  const missing = (n: number, k: number, s: number) => Math.max(0, (Math.ceil(n / s) - 1) * s + k - n);
  const down = missing(height, size[0], stride[0]);
  const across = missing(width, size[1], stride[1]);
  const top = Math.floor(down / 2);
  const left = Math.floor(across / 2);
  return { top, left, bottom: down - top, right: across - left };
}

function outputOf(
  layer: WindowLayer,
  extent: Extent,
  window: Window,
  padding: Padding,
  where: string,
): Extent {
  const channels = layer.kind === 'conv1d' || layer.kind === 'conv2d' ? layer.channels : extent.channels;
  const [height, width] = [extent.height, extent.width].map((n, i) => {
    if (padding === 'same') return Math.ceil(n / window.stride[i]);
    if (window.size[i] > n) {
      const field = 'kernel' in layer ? 'kernel' : 'size';
      throw bad(`${where}.${field}`, window.size[i], `at most ${n}, the size of its input`);
    }
    return Math.floor((n - window.size[i]) / window.stride[i]) + 1;
  });
  return { channels, height, width };
}
