/**
 * One layer of a description: its kinds, how it is read from JSON and written back. Whether it fits
 * the layer before it is the matter of `stage.ts`.
 * @module
 */
import { frozen } from '../fixed/frozen.js';
import { bad, integer, known, record } from './field.js';

/** Height, then width. */
export type Size = readonly [number, number];

/** 'same': ceil(input / stride) outputs, zeros around; 'valid': whole windows only. */
export type Padding = 'same' | 'valid';

export interface DenseDescription {
  readonly kind: 'dense';
  readonly units: number;
}

/** Over [channels][time]; each output channel reads all input channels. */
export interface Conv1dDescription {
  readonly kind: 'conv1d';
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: Padding;
}

/** Over [channels][height][width]; each output channel reads all input channels. */
export interface Conv2dDescription {
  readonly kind: 'conv2d';
  readonly channels: number;
  readonly kernel: Size;
  readonly stride: Size;
  readonly padding: Padding;
}

/** Over [channels][height][width]; each output channel reads its own input channel. */
export interface DepthwiseDescription {
  readonly kind: 'depthwise2d';
  readonly kernel: Size;
  readonly stride: Size;
  readonly padding: Padding;
}

/** Whole windows of each channel; a number along time, a size over an image. */
export interface PoolDescription {
  readonly kind: 'maxpool' | 'avgpool';
  readonly size: number | Size;
  readonly stride: number | Size;
}

/** The mean of each channel. */
export interface GlobalPoolDescription {
  readonly kind: 'globalavgpool';
}

export type LayerDescription =
  | DenseDescription
  | Conv1dDescription
  | Conv2dDescription
  | DepthwiseDescription
  | PoolDescription
  | GlobalPoolDescription;

/** The fields of each kind, in the order of the plain form. */
const FIELDS: Readonly<Record<LayerDescription['kind'], readonly string[]>> = frozen({
  dense: ['kind', 'units'],
  conv1d: ['kind', 'channels', 'kernel', 'stride', 'padding'],
  conv2d: ['kind', 'channels', 'kernel', 'stride', 'padding'],
  depthwise2d: ['kind', 'kernel', 'stride', 'padding'],
  maxpool: ['kind', 'size', 'stride'],
  avgpool: ['kind', 'size', 'stride'],
  globalavgpool: ['kind'],
});

const MAX_UNITS = 4096;
const MAX_WINDOW = 255;

/** @throws RangeError naming the field, its value and what was expected */
export function parseLayer(value: unknown, where: string): LayerDescription {
  const layer = record(value, where);
  const { kind } = layer;
  if (!isKind(kind)) {
    const kinds = Object.keys(FIELDS).map((name) => `"${name}"`);
    throw bad(`${where}.kind`, kind, kinds.join(', '));
  }
  known(layer, where, FIELDS[kind]);
  const count = (name: string) => integer(layer[name], `${where}.${name}`, 1, MAX_UNITS);
  const length = (name: string) => integer(layer[name], `${where}.${name}`, 1, MAX_WINDOW);
  const size = (name: string) => parseSize(layer[name], `${where}.${name}`);
  const lengthOrSize = (name: string) => (Array.isArray(layer[name]) ? size(name) : length(name));
  const padding = () => parsePadding(layer.padding, `${where}.padding`);
  switch (kind) {
    case 'dense':
      return { kind, units: count('units') };
    case 'conv1d':
      return {
        kind,
        channels: count('channels'),
        kernel: length('kernel'),
        stride: length('stride'),
        padding: padding(),
      };
    case 'conv2d':
      return {
        kind,
        channels: count('channels'),
        kernel: size('kernel'),
        stride: size('stride'),
        padding: padding(),
      };
    case 'depthwise2d':
      return { kind, kernel: size('kernel'), stride: size('stride'), padding: padding() };
    case 'maxpool':
    case 'avgpool':
      return { kind, size: lengthOrSize('size'), stride: lengthOrSize('stride') };
    case 'globalavgpool':
      return { kind };
  }
}

/** The same layer with its fields in one order. */
export function plainLayer(layer: LayerDescription): Readonly<Record<string, unknown>> {
  const values: Readonly<Record<string, unknown>> = { ...layer };
  return Object.fromEntries(FIELDS[layer.kind].map((name) => [name, values[name]]));
}

function isKind(kind: unknown): kind is LayerDescription['kind'] {
  return typeof kind === 'string' && Object.hasOwn(FIELDS, kind);
}

function parseSize(value: unknown, where: string): Size {
  if (!Array.isArray(value) || value.length !== 2) throw bad(where, value, 'a list of height and width');
  const [height, width] = value.map((part, i) => integer(part, `${where}[${i}]`, 1, MAX_WINDOW));
  return [height, width];
}

function parsePadding(value: unknown, where: string): Padding {
  if (value !== 'same' && value !== 'valid') throw bad(where, value, '"same" or "valid"');
  return value;
}
