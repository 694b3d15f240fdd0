import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PackedExamples, type ReadBytes } from '../../../firmware/data/packed.js';
import { Shard } from '../../../shared/data/example-set.js';
import { parseFld } from '../../../shared/data/fld.js';

const test = suite('firmware/data/packed');

const digits = new Uint8Array(
  gunzipSync(readFileSync(join(import.meta.dirname, '../../../tools/datasets/digits/train.fld.gz'))),
);

function reading(bytes: Uint8Array): ReadBytes {
  return (offset, out) => {
    if (offset + out.length > bytes.length) throw new RangeError(`read beyond ${bytes.length}`);
    out.set(bytes.subarray(offset, offset + out.length));
  };
}

test('examples read in place are those of the file read whole', () => {
  const set = parseFld(digits);
  const whole = new Shard(
    set,
    Uint32Array.from({ length: set.count }, (_, i) => i),
  );
  const packed = new PackedExamples(digits.length, reading(digits));
  assert.is(packed.count, whole.count);
  assert.is(packed.features, whole.features);
  assert.is(packed.signed, whole.signed);
  assert.is(packed.classes, whole.classes);
  const ours = new Uint8Array(packed.features);
  const theirs = new Uint8Array(packed.features);
  for (let i = 0; i < whole.count; i++) {
    assert.is(packed.read(i, ours), whole.read(i, theirs));
    assert.ok(Buffer.from(ours).equals(theirs), `example ${i}`);
  }
});

test('a longer buffer keeps what lies behind the features', () => {
  const packed = new PackedExamples(digits.length, reading(digits));
  const out = new Uint8Array(packed.features + 4).fill(7);
  packed.read(3, out);
  assert.equal([...out.subarray(packed.features)], [7, 7, 7, 7]);
});

test('a file that was cut is refused, however short', () => {
  for (const length of [0, 10, 27, 28, digits.length - 1]) {
    assert.throws(
      () => new PackedExamples(length, reading(digits.subarray(0, length))),
      /fld file of \d+ bytes, expected/,
    );
  }
});

test.run();
