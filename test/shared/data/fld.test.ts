import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseFld, withClients } from '../../../shared/data/fld.js';
import { fldBytes, SMALL } from './sets.js';

const test = suite('data/fld');

function refuses(bytes: Uint8Array, why: string): void {
  assert.throws(
    () => parseFld(bytes),
    (error: Error) => error instanceof RangeError && error.message.includes(why),
    why,
  );
}

test('every field and array is read', () => {
  const set = parseFld(fldBytes(SMALL));
  assert.equal(set, {
    count: 3,
    shape: [2, 2],
    featureCount: 4,
    signed: false,
    inputExp: -8,
    classes: 4,
    clientCount: 300,
    features: Uint8Array.from(SMALL.features),
    labels: Uint8Array.from(SMALL.labels),
    clients: Uint16Array.from(SMALL.clients),
  });
});

test('the place of the bytes in their buffer does not matter, and they are copied', () => {
  const bytes = fldBytes(SMALL);
  for (const offset of [1, 2, 3]) {
    const moved = new Uint8Array(bytes.length + 8);
    moved.set(bytes, offset);
    const set = parseFld(moved.subarray(offset, offset + bytes.length));
    assert.equal(set, parseFld(bytes));
    moved.fill(0);
    assert.is(set.features[7], 255);
  }
  const shared = Buffer.from(bytes);
  const set = parseFld(shared);
  shared.fill(0);
  assert.is(set.features[7], 255);
});

test('the scale becomes the next power of two', () => {
  const exps = [1, 1.5, 2, 16, 17, 32, 255, 256, 257, 65536].map(
    (scale) => parseFld(fldBytes({ ...SMALL, scale })).inputExp,
  );
  assert.equal(exps, [0, -1, -1, -4, -5, -5, -8, -8, -9, -16]);
});

test('signed features and one or three dimensions are read', () => {
  assert.is(parseFld(fldBytes({ ...SMALL, type: 1 })).signed, true);
  assert.equal(parseFld(fldBytes({ ...SMALL, dimensions: 1, sizes: [4, 1, 1] })).shape, [4]);
  assert.equal(parseFld(fldBytes({ ...SMALL, dimensions: 3, sizes: [1, 2, 2] })).shape, [1, 2, 2]);
});

test('every length but the right one is refused', () => {
  const bytes = fldBytes(SMALL);
  for (let length = 0; length < bytes.length; length++) refuses(bytes.subarray(0, length), `${length} bytes`);
  refuses(Uint8Array.from([...bytes, 0]), 'expected 49 for 3 examples of 4 features');
});

test('a field out of its range is named with its byte', () => {
  const magic = fldBytes(SMALL);
  magic[3] = 50;
  refuses(magic, 'byte 0: magic 0x32444c46, expected 0x31444c46 (FLD1)');
  refuses(fldBytes({ ...SMALL, type: 2 }), 'byte 4: element type 2, expected 0 (uint8) or 1 (int8)');
  refuses(fldBytes({ ...SMALL, dimensions: 4 }), 'byte 5: dimensions 4, expected 1 to 3');
  refuses(fldBytes({ ...SMALL, classes: 1 }), 'byte 6: classes 1, expected 2 to 255');
  refuses(fldBytes({ ...SMALL, features: [], labels: [], clients: [] }), 'byte 8: examples 0');
  refuses(fldBytes({ ...SMALL, sizes: [2, 0, 1] }), 'byte 14: size 1 0, expected 1 or more');
  refuses(fldBytes({ ...SMALL, sizes: [2, 2, 2] }), 'byte 16: size 2 2, expected 1 (unused)');
  refuses(fldBytes({ ...SMALL, sizes: [300, 300, 1] }), 'byte 12: features 90000, expected at most 65535');
  refuses(fldBytes({ ...SMALL, clientCount: 0 }), 'byte 18: clients 0, expected 1 or more');
  refuses(fldBytes({ ...SMALL, zero: 0.5 }), 'byte 20: zero point 0.5, expected 0');
  for (const scale of [0, -16, 0.5, 65537, NaN, Infinity]) {
    refuses(fldBytes({ ...SMALL, scale }), `byte 24: scale ${scale}, expected 1 to 65536`);
  }
});

test('a label or client out of range is named with its example', () => {
  refuses(fldBytes({ ...SMALL, labels: [3, 0, 4] }), 'byte 42: label of example 2 4, expected 0 to 3');
  refuses(
    fldBytes({ ...SMALL, clients: [0, 300, 1] }),
    'byte 45: client of example 1 300, expected 0 to 299',
  );
});

test('other client ids may take the place of those in the file', () => {
  const set = parseFld(fldBytes(SMALL));
  const other = withClients(set, Uint8Array.of(1, 0, 0, 1, 2, 0));
  assert.equal(other.clients, Uint16Array.of(1, 256, 2));
  assert.is(other.clientCount, 257);
  assert.is(other.features, set.features);
  assert.throws(() => withClients(set, new Uint8Array(5)), /client ids of 5 bytes, expected 6/);
});

test.run();
