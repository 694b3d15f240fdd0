/**
 * Writes the `.fld` format; `shared/data/fld.ts` has its table and reads it.
 * @module
 */
import type { ExampleSet } from '../../shared/data/example-set.js';

const HEADER_BYTES = 28;

/**
 * @returns the bytes of an `.fld` file; `parseFld` gives the same set back
 * @throws RangeError naming what does not fit the format
 */
export function formatFld(set: ExampleSet): Uint8Array {
  const { count, shape, featureCount, features, labels, clients } = set;
  check('dimensions', shape.length, 1, 3);
  check('input exponent', set.inputExp, -16, 0);
  check('classes', set.classes, 2, 255);
  check('clients', set.clientCount, 1, 65535);
  check('features', featureCount, 1, 65535);
  const labelStart = HEADER_BYTES + count * featureCount;
  const clientStart = labelStart + count;
  const bytes = new Uint8Array(clientStart + 2 * count);
  const view = new DataView(bytes.buffer);
  bytes.set([0x46, 0x4c, 0x44, 0x31]); // 'FLD1'
  view.setUint8(4, set.signed ? 1 : 0);
  view.setUint8(5, shape.length);
  view.setUint16(6, set.classes, true);
  view.setUint32(8, count, true);
  for (let i = 0; i < 3; i++) view.setUint16(12 + 2 * i, shape[i] ?? 1, true);
  view.setUint16(18, set.clientCount, true);
  view.setFloat32(20, 0, true);
  view.setFloat32(24, 2 ** -set.inputExp, true);
  bytes.set(features, HEADER_BYTES);
  bytes.set(labels, labelStart);
  for (let i = 0; i < count; i++) view.setUint16(clientStart + 2 * i, clients[i], true);
  return bytes;
}

function check(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} ${value}, expected ${least} to ${most} in an fld file`);
  }
}
