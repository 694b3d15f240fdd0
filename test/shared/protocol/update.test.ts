import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { Pace } from '../../../shared/masks/pace.js';
import { finish } from '../../../shared/masks/work.js';
import {
  biasBitsOf,
  maxBiasShift,
  maxValueShift,
  VALUE_BITS,
  type ValueBits,
} from '../../../shared/model/delta.js';
import { layoutOf } from '../../../shared/model/layout.js';
import { deviceHash } from '../../../shared/protocol/device.js';
import { ProtocolError } from '../../../shared/protocol/error.js';
import {
  decodeUpdate,
  encodeUpdate,
  encodeUpdateSlices,
  maxUpdateBytes,
  openUpdate,
  type Update,
} from '../../../shared/protocol/update.js';
import { movedPositions, randomPositions } from '../masks/sets.js';
import { plain } from './plain.js';
import { DEVICE, fixChecksum, isSameBytes, sampleUpdate, UPDATE_LAYOUT, updateReference } from './samples.js';

const test = suite('protocol/update');
const encode = (update: Update) => encodeUpdate(update, UPDATE_LAYOUT, updateReference);

const FASHION = layoutOf({
  name: 'fashion14',
  input: { shape: [14, 14], type: 'uint8', exp: -8 },
  layers: [64, 32, 10].map((units) => ({ kind: 'dense', units })),
});

/** An update of the fashion14 net; a share `near` of its positions are the reference's. */
function fashionUpdate(
  density: number,
  near: number,
  valueBits: ValueBits = 16,
): { update: Update; references: Uint32Array[] } {
  const random = new Random(5);
  const end = 2 ** (valueBits - 1);
  const references = FASHION.layers.map(({ weights: { length } }) =>
    randomPositions(length, Math.round(density * length), random),
  );
  const layers = FASHION.layers.map(({ index, weights, outputs }) => {
    const reference = references[index];
    const positions =
      density === 1
        ? ('all' as const)
        : movedPositions(reference, weights.length, Math.round((1 - near) * reference.length), random);
    const values = Int16Array.from({ length: reference.length }, () => random.below(2 * end) - end);
    return { positions, values, shift: 0, biases: new Int16Array(outputs), biasShift: 0 };
  });
  return { update: { ...sampleUpdate(random), valueBits, layers }, references };
}

/** The list, counting how often an element of it is read. */
function counting(list: Uint32Array, reads: { count: number }): Uint32Array {
  return new Proxy(list, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value === 'number' && name !== 'length') reads.count++;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

test('updates over all ranges come back', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 200; trial++) {
    const update = sampleUpdate(random);
    const bytes = encode(update);
    assert.equal(plain(decodeUpdate(bytes, DEVICE, UPDATE_LAYOUT, updateReference)), plain(update));
    const { device, layers, ...head } = update;
    assert.equal(openUpdate(bytes).head, { ...head, deviceHash: deviceHash(DEVICE) });
    assert.ok(bytes.length <= maxUpdateBytes(UPDATE_LAYOUT));
  }
});

test('the fashion14 net at density 0.05 takes at most 2.4 KB, fewer near the reference', () => {
  const sizes = [0, 0.8].map((near) => {
    const { update, references } = fashionUpdate(0.05, near);
    const bytes = encodeUpdate(update, FASHION, (layer) => references[layer]);
    const back = decodeUpdate(bytes, update.device, FASHION, (layer) => references[layer]);
    assert.is(JSON.stringify(plain(back.layers)), JSON.stringify(plain(update.layers)));
    return bytes.length;
  });
  assert.ok(sizes[0] <= 2400, `${sizes[0]} bytes`);
  assert.ok(sizes[1] <= 2100, `${sizes[1]} bytes`);
});

test('slices of every length give the same bytes', () => {
  const random = new Random(6);
  for (const sliceMacs of [1, 2, 3, 10, 50, 333, 1000, 10_000]) {
    for (let trial = 0; trial < 20; trial++) {
      const update = sampleUpdate(random);
      const slices = encodeUpdateSlices(update, UPDATE_LAYOUT, updateReference, new Pace(sliceMacs));
      assert.ok(isSameBytes(finish(slices), encode(update)));
    }
  }
});

test('no step of a slice is longer than the slice, dense or sparse', () => {
  for (const density of [0.05, 0.25, 0.5, 0.95, 1]) {
    for (const sliceMacs of [1000, 10_000]) {
      const { update, references } = fashionUpdate(density, 0.97);
      const whole = encodeUpdate(update, FASHION, (layer) => references[layer]);
      const reads = { count: 0 };
      const layers = update.layers.map(({ positions, ...rest }) => ({
        positions: positions === 'all' ? positions : counting(positions, reads),
        ...rest,
      }));
      const known = references.map((reference) => counting(reference, reads));
      const slices = encodeUpdateSlices(
        { ...update, layers },
        FASHION,
        (layer) => known[layer],
        new Pace(sliceMacs),
      );
      let sum = 0;
      let step = slices.next();
      for (; step.done !== true; step = slices.next()) {
        assert.ok(step.value <= sliceMacs, `work ${step.value} of ${sliceMacs}`);
        assert.ok(reads.count <= step.value, `${reads.count} reads in a step of ${step.value}`);
        sum += step.value;
        reads.count = 0;
      }
      assert.ok(isSameBytes(step.value, whole));
      assert.ok(sum >= 2 * whole.length, `work ${sum} for ${whole.length} bytes`); // copied, checked
    }
  }
});

test('all weights cost two bytes each, and no reference is asked for', () => {
  const { update } = fashionUpdate(1, 1);
  const never = () => {
    throw new Error('asked for a reference');
  };
  const bytes = encodeUpdate(update, FASHION, never);
  assert.is(bytes.length, 16 + 36 + 3 * 12 + 2 * (FASHION.weightCount + FASHION.biasCount));
  assert.is(decodeUpdate(bytes, update.device, FASHION, never).layers[0].positions, 'all');
});

test('values and biases of an update may be seen as int16 wherever the frame came from', () => {
  const { update, references } = fashionUpdate(0.05, 0.5);
  const bytes = encodeUpdate(update, FASHION, (layer) => references[layer]);
  const pool = Buffer.alloc(bytes.length + 3);
  pool.set(bytes, 3);
  const back = decodeUpdate(pool.subarray(3), update.device, FASHION, (layer) => references[layer]);
  assert.is(back.layers[2].values.join(), update.layers[2].values.join());
});

test('an update of another device is told from a broken one', () => {
  const bytes = encode(sampleUpdate(new Random(2)));
  assert.throws(
    () => decodeUpdate(bytes, 'esp32-000000000000', UPDATE_LAYOUT, updateReference),
    (e: unknown) => e instanceof ProtocolError && e.code === 'device',
  );
});

test('an update of another model is refused, and can still be judged by its head', () => {
  const update = sampleUpdate(new Random(3));
  const bytes = encode(update);
  assert.is(openUpdate(bytes).head.baseHash, update.baseHash);
  assert.throws(
    () => decodeUpdate(bytes, DEVICE, FASHION, updateReference),
    (e: unknown) => e instanceof ProtocolError && e.code === 'field',
  );
});

test('a layer may send no weight', () => {
  const update = sampleUpdate(new Random(8));
  for (const index of [0, 1, 2]) {
    const layers = update.layers.map((layer, i) =>
      i === index ? { ...layer, positions: new Uint32Array(0), values: new Int16Array(0) } : layer,
    );
    const bytes = encode({ ...update, layers });
    assert.equal(decodeUpdate(bytes, DEVICE, UPDATE_LAYOUT, updateReference), { ...update, layers });
  }
});

for (const valueBits of VALUE_BITS) {
  test(`${valueBits} bits: a shift with which sums on the server could round is refused`, () => {
    const layers = sampleUpdate(new Random(7)).layers.map((layer) => ({
      ...layer,
      ...{ values: layer.values.fill(-2), shift: 0, biases: layer.biases.fill(3), biasShift: 0 },
    }));
    const bytes = encode({ ...sampleUpdate(new Random(7)), valueBits, layers });
    const decode = (at: number, shift: number) => {
      const changed = bytes.slice();
      changed[16 + 36 + 12 + at] = shift; // in the record of the second layer
      fixChecksum(changed);
      return decodeUpdate(changed, DEVICE, UPDATE_LAYOUT, updateReference).layers[1];
    };
    const [most, biasMost] = [maxValueShift(valueBits), maxBiasShift(valueBits)];
    assert.is(2 ** most * 2 ** (valueBits - 1), 2 ** 17);
    assert.is(2 ** biasMost * 2 ** (biasBitsOf(valueBits) - 1), 2 ** 23);
    assert.is(decode(10, most).shift, most);
    assert.is(decode(11, biasMost).biasShift, biasMost);
    for (const [at, shift] of [
      [10, most + 1],
      [10, 255],
      [11, biasMost + 1],
      [11, 255],
    ]) {
      assert.throws(
        () => decode(at, shift),
        (e: unknown) => e instanceof ProtocolError && e.code === 'field' && /hift/.test(e.message),
      );
    }
  });
}

test('values of 8 bits take half the bytes of 16, those of 4 bits a quarter', () => {
  const numbers = VALUE_BITS.map((bits) => {
    const { update, references } = fashionUpdate(0.05, 0.5, bits);
    const bytes = encodeUpdate(update, FASHION, (layer) => references[layer]);
    const back = decodeUpdate(bytes, update.device, FASHION, (layer) => references[layer]);
    assert.is(JSON.stringify(plain(back.layers)), JSON.stringify(plain(update.layers)));
    return bytes.length;
  });
  const [values, biases] = [627 + 102 + 16, 106]; // of the three layers
  assert.is(numbers[0] - numbers[1], values + biases);
  assert.is(numbers[1] - numbers[2], 313 + 51 + 8);
});

test('the half of a byte behind an odd last value is 0', () => {
  const update = { ...sampleUpdate(new Random(7)), valueBits: 4 as const };
  const layers = update.layers.map(({ biases }) => ({
    ...{ positions: Uint32Array.of(1, 3, 6), values: Int16Array.of(-8, 7, -1), shift: 0 },
    ...{ biases: biases.fill(-128), biasShift: 0 },
  }));
  const bytes = encode({ ...update, layers });
  const at = 16 + 36 + 3 * 12;
  assert.equal([...bytes.subarray(at, at + 3)], [0x78, 0x0f, 0x80]); // two values, one, the first bias
  bytes[at + 1] = 0x1f;
  fixChecksum(bytes);
  assert.throws(
    () => decodeUpdate(bytes, DEVICE, UPDATE_LAYOUT, updateReference),
    (e: unknown) => e instanceof ProtocolError && /^half byte 1 behind 3 numbers/.test(e.message),
  );
});

test('a field out of range is named', () => {
  const update = { ...sampleUpdate(new Random(4)), valueBits: 8 as const };
  for (const { values, biases } of update.layers) {
    values.fill(-128);
    biases.fill(127);
  }
  const [first, second, third] = update.layers;
  const withFirst = (change: object): Partial<Update> => ({
    layers: [{ ...first, ...change }, second, third],
  });
  const wrong: [string, Partial<Update>][] = [
    ['round', { round: 0 }],
    ['attempt', { attempt: 0 }],
    ['examples', { examples: 0 }],
    ['examples', { examples: 4096 }],
    ['loss', { loss: 65536 }],
    ['correct', { heldBack: 3, correct: 4 }],
    ['macs', { macs: -1 }],
    ['model hash', { baseHash: 'x' }],
    ['valueBits', { valueBits: 5 as ValueBits }],
    ['number -128', { valueBits: 4 }],
    ['layers', { layers: [first, second] }],
    ['layer 0 shift', withFirst({ shift: maxValueShift(8) + 1 })],
    ['layer 0 biasShift', withFirst({ biasShift: -1 })],
    ['layer 0 biasShift', withFirst({ biasShift: maxBiasShift(8) + 1 })],
    ['layer 0 biases', withFirst({ biases: new Int16Array(10) })],
    ['layer 0 values', withFirst({ positions: 'all', values: new Int16Array(3) })],
    ['position 4', withFirst({ positions: Uint32Array.of(5, 4), values: new Int16Array(2) })],
    ['position 440', withFirst({ positions: Uint32Array.of(5, 440), values: new Int16Array(2) })],
  ];
  for (const [name, change] of wrong) {
    assert.throws(
      () => encode({ ...update, ...change }),
      (e: unknown) => e instanceof RangeError && e.message.startsWith(`${name} `),
      name,
    );
  }
});

test.run();
