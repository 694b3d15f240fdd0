/**
 * Reads the `.fld` format: a labelled data set as one header and three arrays, little-endian.
 * It knows nothing of files. Any byte offset will do: nothing is viewed in place.
 *
 * | offset | type | field |
 * |---|---|---|
 * | 0 | char[4] | `FLD1` |
 * | 4 | uint8 | features are 0 = uint8, 1 = int8 |
 * | 5 | uint8 | dimensions of one example, 1 to 3 |
 * | 6 | uint16 | classes, 2 to 255 |
 * | 8 | uint32 | n, examples, 1 or more |
 * | 12 | uint16[3] | size in each dimension, unused = 1 |
 * | 18 | uint16 | clients |
 * | 20 | float32 | zero point: 0 |
 * | 24 | float32 | scale: real value = raw / scale, 1 to 65536 |
 * | 28 | | features n × sizes, labels uint8 × n, clients uint16 × n |
 * @module
 */
import type { ExampleSet } from './example-set.js';

export const FLD_HEADER_BYTES = 28;
const MAGIC = 0x31444c46; // 'FLD1' as a little-endian word
const MAX_FEATURES = 65535;

export interface FldHeader {
  readonly count: number;
  readonly shape: readonly number[];
  readonly featureCount: number;
  readonly signed: boolean;
  readonly inputExp: number;
  readonly classes: number;
  readonly clientCount: number;
}

/**
 * The example set in `bytes`, copied. The scale is rounded up to a power of two, since real values
 * are raw · 2^inputExp: 255 gives -8.
 * @throws RangeError naming the byte, what stands there and what was expected
 */
export function parseFld(bytes: Uint8Array): ExampleSet {
  const header = parseFldHeader(bytes, bytes.length);
  const { count, featureCount, classes, clientCount } = header;
  const labelStart = FLD_HEADER_BYTES + count * featureCount;
  const clientStart = labelStart + count;
  const features = new Uint8Array(bytes.subarray(FLD_HEADER_BYTES, labelStart));
  const labels = new Uint8Array(bytes.subarray(labelStart, clientStart));
  labels.forEach((label, i) => {
    if (label >= classes) {
      throw bad(labelStart + i, `label of example ${i}`, label, `0 to ${classes - 1}`);
    }
  });
  const clients = parseClientIds(bytes.subarray(clientStart), count);
  clients.forEach((client, i) => {
    if (client >= clientCount) {
      throw bad(clientStart + 2 * i, `client of example ${i}`, client, `0 to ${clientCount - 1}`);
    }
  });
  return { ...header, features, labels, clients };
}

/**
 * The same examples dealt to other clients, from a `.u16` file: one client id per example.
 * @throws RangeError when its length is not that of the set
 */
export function withClients(set: ExampleSet, bytes: Uint8Array): ExampleSet {
  const clients = parseClientIds(bytes, set.count);
  return { ...set, clients, clientCount: clients.reduce((max, client) => Math.max(max, client), 0) + 1 };
}

/**
 * The header alone, from the first bytes of a file.
 * @param lengthBytes of the whole file
 * @throws RangeError as `parseFld`
 */
export function parseFldHeader(bytes: Uint8Array, lengthBytes: number): FldHeader {
  if (bytes.length < FLD_HEADER_BYTES) {
    throw new RangeError(`fld file of ${bytes.length} bytes, expected a header of ${FLD_HEADER_BYTES}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, FLD_HEADER_BYTES);
  const magic = view.getUint32(0, true);
  if (magic !== MAGIC) throw bad(0, 'magic', `0x${magic.toString(16)}`, `0x${MAGIC.toString(16)} (FLD1)`);
  const type = view.getUint8(4);
  if (type > 1) throw bad(4, 'element type', type, '0 (uint8) or 1 (int8)');
  const classes = view.getUint16(6, true);
  if (classes < 2 || classes > 255) throw bad(6, 'classes', classes, '2 to 255');
  const count = view.getUint32(8, true);
  if (count === 0) throw bad(8, 'examples', count, '1 or more');
  const clientCount = view.getUint16(18, true);
  if (clientCount === 0) throw bad(18, 'clients', clientCount, '1 or more');
  const zero = view.getFloat32(20, true);
  if (zero !== 0) throw bad(20, 'zero point', zero, '0');
  const shape = parseShape(view);
  const featureCount = shape.reduce((product, size) => product * size, 1);
  if (featureCount > MAX_FEATURES) throw bad(12, 'features', featureCount, `at most ${MAX_FEATURES}`);
  const expected = FLD_HEADER_BYTES + count * (featureCount + 3);
  if (lengthBytes !== expected) {
    throw new RangeError(
      `fld file of ${lengthBytes} bytes, expected ${expected} for ${count} examples of ${featureCount} features`,
    );
  }
  return {
    count,
    shape,
    featureCount,
    signed: type === 1,
    inputExp: parseScale(view),
    classes,
    clientCount,
  };
}

function parseShape(view: DataView): number[] {
  const dimensions = view.getUint8(5);
  if (dimensions < 1 || dimensions > 3) throw bad(5, 'dimensions', dimensions, '1 to 3');
  const shape: number[] = [];
  for (let i = 0; i < 3; i++) {
    const offset = 12 + 2 * i;
    const size = view.getUint16(offset, true);
    if (i >= dimensions && size !== 1) throw bad(offset, `size ${i}`, size, '1 (unused)');
    if (size === 0) throw bad(offset, `size ${i}`, size, '1 or more');
    if (i < dimensions) shape.push(size);
  }
  return shape;
}

function parseScale(view: DataView): number {
  const scale = view.getFloat32(24, true);
  if (!(scale >= 1 && scale <= 65536)) throw bad(24, 'scale', scale, '1 to 65536');
  let exp = 0;
  for (let power = 1; power < scale; power *= 2) exp--;
  return exp;
}

function parseClientIds(bytes: Uint8Array, count: number): Uint16Array {
  if (bytes.length !== 2 * count) {
    throw new RangeError(
      `client ids of ${bytes.length} bytes, expected ${2 * count}: uint16 for each example`,
    );
  }
  const ids = new Uint16Array(count);
  for (let i = 0; i < count; i++) ids[i] = bytes[2 * i] | (bytes[2 * i + 1] << 8);
  return ids;
}

function bad(byte: number, name: string, value: number | string, expected: string): RangeError {
  return new RangeError(`fld file, byte ${byte}: ${name} ${value}, expected ${expected}`);
}
