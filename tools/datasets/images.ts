/**
 * Image sets in idx files: MNIST, Fashion-MNIST, and EMNIST, whose images are stored transposed
 * (columns first) and whose letters count from 1; both are put right here, by the file's name.
 * Sources: LeCun et al., "The MNIST database"; Xiao et al. 2017, Fashion-MNIST; Cohen et al. 2017,
 * EMNIST.
 * @module
 */
import { join } from 'node:path';
import { namesIn, readFrom } from './file.js';
import { type Idx, parseIdx } from './idx.js';
import { exampleSet, type Loaded } from './loaded.js';

export interface ImageOptions {
  /** Which set, where a folder holds several: `emnist-letters`, or `mnist` for files without a prefix. */
  readonly set?: string;
  /** Mean of each 2 × 2 pixels: 14 × 14 in place of 28 × 28. */
  readonly pool?: boolean;
}

/** MNIST's own names, with `-` or `.` before idx; EMNIST puts `emnist-<split>-` in front. */
const NAME = /^(?:(emnist-[a-z]+)-)?(train|t10k|test)-(images|labels)[-.]idx[13]-ubyte(?:\.gz)?$/;
const UNPREFIXED = 'mnist';
const INPUT_EXP = -8; // a pixel of 256 would be 1

const DIGITS = '0123456789';
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const MERGED = `${DIGITS}${CAPITALS}abdefghnqrt`; // lower case only where it looks unlike the capital

/** What each label of an EMNIST split means. Source: Cohen et al. 2017. */
const EMNIST_CLASSES: Readonly<Record<string, string>> = {
  'emnist-balanced': MERGED,
  'emnist-byclass': `${DIGITS}${CAPITALS}${CAPITALS.toLowerCase()}`,
  'emnist-bymerge': MERGED,
  'emnist-digits': DIGITS,
  'emnist-letters': CAPITALS,
  'emnist-mnist': DIGITS,
};

/** Whether a file's name is that of an image set's part. */
export function isImageFile(name: string): boolean {
  return NAME.test(name);
}

/**
 * @param folder holds `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the same with `t10k`
 *   (or `test`), each plain or `.gz`
 * @throws RangeError in one line: the file that is missing or wrong, where and how
 */
export function loadImages(folder: string, { set, pool = false }: ImageOptions = {}): Loaded {
  const names = namesIn(folder).filter(isImageFile);
  const sets = [...new Set(names.map((name) => NAME.exec(name)![1] ?? UNPREFIXED))];
  const wanted = set ?? sets[0];
  if (!sets.includes(wanted) || (set === undefined && sets.length > 1)) {
    const given = set === undefined ? `${sets.length} image sets` : `image set ${set}`;
    throw new RangeError(`${folder}: ${given}, expected one of: ${sets.join(', ') || 'none is there'}`);
  }
  const known = EMNIST_CLASSES[wanted];
  const emnist = wanted !== UNPREFIXED;
  const options = { folder, names, set: wanted, pool, emnist };
  const train = readPart('train', options, known?.length);
  const classes = known?.length ?? train.labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const test = readPart('test', options, classes);
  if (String(test.shape) !== String(train.shape)) {
    throw new RangeError(
      `${folder}: test images of ${test.shape.join(' × ')}, expected ${train.shape.join(' × ')} as in train`,
    );
  }
  const fields = { signed: false, inputExp: INPUT_EXP, classes };
  return {
    train: exampleSet('train', { ...fields, ...train }),
    test: exampleSet('test', { ...fields, ...test }),
    classNames: known === undefined ? Array.from({ length: classes }, (_, i) => String(i)) : [...known],
  };
}

interface PartOptions {
  readonly folder: string;
  readonly names: readonly string[];
  readonly set: string;
  readonly pool: boolean;
  readonly emnist: boolean;
}

/** @param classes largest label + 1, where it is known */
function readPart(part: 'train' | 'test', options: PartOptions, classes?: number) {
  const { set, pool, emnist } = options;
  const labelFile = fileOf(part, 'labels', options);
  const first = set === 'emnist-letters' ? 1 : 0;
  const labels = readFrom(labelFile, (bytes) => readLabels(parseIdx(bytes, 1), first, classes));
  return readFrom(fileOf(part, 'images', options), (bytes) => {
    const { shape, values } = parseIdx(bytes, 3);
    const [count, rows, cols] = shape;
    if (count !== labels.length) {
      throw new RangeError(`${count} images, expected ${labels.length} as in ${labelFile}`);
    }
    const images = emnist ? transpose(values, rows, cols) : values;
    const upright = emnist ? [cols, rows] : [rows, cols];
    if (!pool) return { shape: upright, features: new Uint8Array(images), labels };
    if (rows % 2 !== 0 || cols % 2 !== 0) {
      throw new RangeError(`images of ${upright.join(' × ')}, expected even sizes to pool`);
    }
    const pooled = poolImages(images, upright[0], upright[1]);
    return { shape: upright.map((size) => size / 2), features: pooled, labels };
  });
}

function fileOf(part: 'train' | 'test', kind: 'images' | 'labels', { folder, names, set }: PartOptions) {
  const found = names.find((name) => {
    const [, prefix = UNPREFIXED, of, what] = NAME.exec(name)!;
    return prefix === set && (of === 'train') === (part === 'train') && what === kind;
  });
  if (found === undefined) {
    const prefix = set === UNPREFIXED ? '' : `${set}-`;
    const stem = part === 'test' && set === UNPREFIXED ? 't10k' : part;
    const dimensions = kind === 'images' ? 3 : 1;
    throw new RangeError(
      `${join(folder, `${prefix}${stem}-${kind}-idx${dimensions}-ubyte`)}: no such file, nor with .gz`,
    );
  }
  return join(folder, found);
}

/** Labels counted from 0. */
function readLabels({ values, valueStart }: Idx, first: number, classes?: number): Uint8Array {
  const most = classes === undefined ? 254 : first + classes - 1;
  return values.map((label, i) => {
    if (label < first || label > most) {
      throw new RangeError(
        `idx file, byte ${valueStart + i}: label of image ${i} ${label}, expected ${first} to ${most}`,
      );
    }
    return label - first;
  });
}

/** Each image of rows × cols to cols × rows. */
function transpose(values: Uint8Array, rows: number, cols: number): Uint8Array {
  const out = new Uint8Array(values.length);
  for (let start = 0; start < values.length; start += rows * cols) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < cols; c++) out[start + c * rows + r] = values[start + r * cols + c];
    }
  }
  return out;
}

/** Mean of each 2 × 2 pixels, to nearest, ties up; rows and cols even. */
function poolImages(values: Uint8Array, rows: number, cols: number): Uint8Array {
  const out = new Uint8Array(values.length / 4);
  let o = 0;
  for (let start = 0; start < values.length; start += rows * cols) {
    for (let r = 0; r < rows; r += 2) {
      for (let c = 0; c < cols; c += 2) {
        const i = start + r * cols + c;
        out[o++] = (values[i] + values[i + 1] + values[i + cols] + values[i + cols + 1] + 2) >> 2;
      }
    }
  }
  return out;
}
