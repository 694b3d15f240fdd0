import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import { initialModel } from '../../../shared/model/initial.js';
import type { Model } from '../../../shared/model/model.js';
import { DELTA_OPENING_BYTES, decodeDeltaHead, encodeDelta } from '../../../shared/protocol/delta.js';
import { ProtocolError } from '../../../shared/protocol/error.js';
import { frameCrc } from '../../../shared/protocol/frame.js';
import { encodeModel } from '../../../shared/protocol/model.js';
import { applied } from './applied.js';
import { fixChecksum, isSameBytes } from './samples.js';

const test = suite('protocol/delta');

/** Several blocks of weights and of biases, an odd count of weights, and a layer of one block. */
const DESCRIPTION: ModelDescription = {
  name: 'wide',
  input: { shape: [7], type: 'uint8', exp: -8 },
  layers: [
    { kind: 'dense', units: 301 },
    { kind: 'dense', units: 3 },
  ],
};
const BASE = initialModel(DESCRIPTION, 1);
const HASHES = ['fedcba9876543210', '0123456789abcdef'];

/** A copy in which about `per1000` of the parameters moved by up to `most`. */
function moved(per1000: number, most: number): Model {
  const random = new Random(per1000 + most);
  const parameters = BASE.parameters.slice(0);
  for (const { weights, biases } of BASE.head.layout.layers) {
    for (const [type, { offset, length }] of [
      [Int16Array, weights],
      [Int32Array, biases],
    ] as const) {
      const all = new type(parameters, offset, length);
      for (let i = 0; i < length; i++) {
        if (random.below(1000) < per1000) all[i] += random.below(2 * most + 1) - most;
      }
    }
  }
  return { head: BASE.head, parameters };
}

function deltaBetween(base: Uint8Array, next: Uint8Array): Uint8Array {
  const delta = encodeDelta({ frame: base, hash: HASHES[0] }, { frame: next, hash: HASHES[1] });
  if (delta === undefined) throw new Error('no delta, expected one');
  return delta;
}

const base = encodeModel(BASE);
const next = encodeModel(moved(300, 100));
const delta = deltaBetween(base, next);

for (const per1000 of [0, 1, 50, 300, 700, 1000]) {
  test(`${per1000} changed of 1000: the delta gives the next model byte for byte, however it is sliced`, () => {
    for (const most of [1, 50, 3000, 40_000, 2 ** 30]) {
      const frame = encodeModel(moved(per1000, most));
      const coded = deltaBetween(base, frame);
      for (const slice of [1, 5000, Number.POSITIVE_INFINITY]) {
        assert.ok(isSameBytes(applied(coded, base, slice).frame, frame), `moved by ${most}, slice ${slice}`);
      }
    }
  });
}

test('parameters at the ends of their types come out right', () => {
  const ends = (weight: number, bias: number) => {
    const model = { head: BASE.head, parameters: BASE.parameters.slice(0) };
    for (const { weights, biases } of BASE.head.layout.layers) {
      new Int16Array(model.parameters, weights.offset, weights.length).fill(weight);
      new Int32Array(model.parameters, biases.offset, biases.length).fill(bias);
    }
    return encodeModel(model);
  };
  const frames = [ends(-32768, -(2 ** 31)), ends(32767, 2 ** 31 - 1), ends(0, 0), ends(-1, 2 ** 30)];
  for (const from of frames) {
    for (const to of frames) assert.ok(isSameBytes(applied(deltaBetween(from, to), from).frame, to));
  }
});

test('bytes between two tensors are part of the model', () => {
  const { weights, biases } = BASE.head.layout.layers[0];
  const padding = weights.offset + 2 * weights.length;
  assert.is(biases.offset - padding, 2);
  const model = { head: BASE.head, parameters: BASE.parameters.slice(0) };
  new Uint8Array(model.parameters).fill(0x5a, padding, biases.offset);
  const frame = encodeModel(model);
  assert.ok(isSameBytes(applied(deltaBetween(base, frame), base).frame, frame));
});

test('a delta names both models, and its size follows what changed', () => {
  assert.equal(decodeDeltaHead(delta), {
    base: { hash: HASHES[0], crc: frameCrc(base) },
    next: { hash: HASHES[1], crc: frameCrc(next) },
    frameBytes: delta.length,
    crc: frameCrc(delta),
  });
  const sizes = [0, 50, 300, 1000].map(
    (per1000) => deltaBetween(base, encodeModel(moved(per1000, 100))).length,
  );
  assert.equal(
    sizes,
    [...sizes].sort((a, b) => a - b),
  );
  // a bitmap or better for the places, 8.4 bits for a change of up to 100, 7 blocks
  const [changed, count] = [0.3 * 3314, 3314];
  assert.ok(delta.length < 40 + 7 * 10 + (count * 0.92 + changed * 8.6) / 8, `${delta.length}`);
});

test('no slice is longer than asked, or than the positions of a block', () => {
  for (const slice of [100, 5000, 10_000]) {
    const { macs } = applied(delta, base, slice);
    assert.ok(Math.max(...macs) <= Math.max(slice, 3 * 1024), `${Math.max(...macs)} of ${slice}`);
  }
});

test('models of other shapes or exponents have no delta', () => {
  const named = (model: Model) => ({ frame: encodeModel(model), hash: HASHES[0] });
  const other = initialModel({ ...DESCRIPTION, name: 'other' }, 1);
  const exponents = BASE.head.exponents.map((layer) => ({ ...layer, weightExp: layer.weightExp + 1 }));
  const coarser = { ...BASE, head: { ...BASE.head, exponents } };
  assert.is(encodeDelta(named(BASE), named(other)), undefined);
  assert.is(encodeDelta(named(BASE), named(coarser)), undefined);
  assert.is(encodeDelta(named(other), named(BASE)), undefined);
});

const refused = (bytes: Uint8Array, from: Uint8Array, why: RegExp) => {
  fixChecksum(bytes);
  assert.throws(
    () => applied(bytes, from),
    (e: unknown) => e instanceof ProtocolError && why.test(e.message),
    String(why),
  );
};

test('another base than the one it starts from is refused', () => {
  refused(delta.slice(), next, /delta from model \d+, expected from \d+/);
});

test('a delta that gives another model than it names is refused', () => {
  const bytes = delta.slice();
  bytes[DELTA_OPENING_BYTES - 1] ^= 1; // CRC-32 of the next model
  refused(bytes, base, /model's CRC-32 \d+ after the delta, expected \d+/);
});

test('blocks that are none are refused with the reason', () => {
  const changed = (...bytes: readonly (readonly [number, number])[]) => {
    const out = delta.slice();
    for (const [offset, byte] of bytes) out[DELTA_OPENING_BYTES + offset] = byte;
    return out;
  };
  refused(changed([1, 5]), base, /block of 1024: 1\d\d\d changed/);
  refused(changed([5, 24]), base, /k 24, expected/);
  refused(changed([0, 0], [1, 0]), base, /0 changed, \d+ and \d+ bytes/);
  refused(changed([3, 9]), base, /expected less/);
  refused(changed([4, 0]), base, /no position bytes/);
  refused(changed([6, 9]), base, /position code 9/);
  refused(changed([2, 1], [3, 0]), base, /beyond the end of/);
  const longer = new Uint8Array(delta.length + 4);
  longer.set(delta);
  new DataView(longer.buffer).setUint32(8, longer.length - 40, true);
  refused(longer, base, /bytes behind the last block of a delta, expected padding/);
  const shorter = delta.slice(0, delta.length - 4);
  new DataView(shorter.buffer).setUint32(8, shorter.length - 40, true);
  refused(shorter, base, /delta of \d+ bytes, expected \d+ or more/);
});

test.run();
