/**
 * Example sets for tests: as bytes of an `.fld` file and in memory.
 * @module
 */
import type { ExampleSet } from '../../../shared/data/example-set.js';

export interface FldFields {
  readonly type: number;
  readonly dimensions: number;
  readonly sizes: readonly [number, number, number];
  readonly classes: number;
  readonly clientCount: number;
  readonly zero: number;
  readonly scale: number;
  readonly features: readonly number[];
  readonly labels: readonly number[];
  readonly clients: readonly number[];
}

/** Three examples of 2 × 2 features, 4 classes, 300 clients. */
export const SMALL: FldFields = {
  type: 0,
  dimensions: 2,
  sizes: [2, 2, 1],
  classes: 4,
  clientCount: 300,
  zero: 0,
  scale: 255,
  features: [0, 1, 2, 3, 252, 253, 254, 255, 8, 9, 10, 11],
  labels: [3, 0, 2],
  clients: [0, 299, 258],
};

export function fldBytes(fields: FldFields): Uint8Array {
  const { features, labels, clients } = fields;
  const header = new DataView(new ArrayBuffer(28));
  for (const [i, letter] of [...'FLD1'].entries()) header.setUint8(i, letter.charCodeAt(0));
  header.setUint8(4, fields.type);
  header.setUint8(5, fields.dimensions);
  header.setUint16(6, fields.classes, true);
  header.setUint32(8, labels.length, true);
  for (const [i, size] of fields.sizes.entries()) header.setUint16(12 + 2 * i, size, true);
  header.setUint16(18, fields.clientCount, true);
  header.setFloat32(20, fields.zero, true);
  header.setFloat32(24, fields.scale, true);
  const ids = clients.flatMap((id) => [id & 255, id >> 8]);
  return Uint8Array.from([...new Uint8Array(header.buffer), ...features, ...labels, ...ids]);
}

/** A set of `count` examples, one feature each, with labels and clients by place. */
export function setOf(
  count: number,
  classes: number,
  labelOf: (place: number) => number,
  clientOf: (place: number) => number = () => 0,
): ExampleSet {
  const clients = Uint16Array.from({ length: count }, (_, place) => clientOf(place));
  return {
    count,
    shape: [1],
    featureCount: 1,
    signed: false,
    inputExp: 0,
    classes,
    features: new Uint8Array(count),
    labels: Uint8Array.from({ length: count }, (_, place) => labelOf(place)),
    clients,
    clientCount: Math.max(...clients) + 1,
  };
}
