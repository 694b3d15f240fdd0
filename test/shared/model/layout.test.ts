import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { arenaLayout } from '../../../shared/model/arena.js';
import { boardProfile } from '../../../shared/model/boards.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import { checkExponents, sumShiftOf } from '../../../shared/model/exponents.js';
import { align4, layoutOf } from '../../../shared/model/layout.js';
import { checkMemory, memoryOf } from '../../../shared/model/memory.js';
import { biasExpOf, sourceOf } from '../../../shared/model/model.js';
import { network } from './descriptions.js';

const test = suite('model/layout');

test('the tensors of a network lie one after the other at multiples of 4 bytes', () => {
  const layout = layoutOf(network(5, 3, 2));
  const table = layout.layers.flatMap(({ weights, biases }) =>
    [weights, biases].map(({ name, type, shape, offset, length }) => [name, type, shape, offset, length]),
  );
  assert.equal(table, [
    ['layer0.weights', 'int16', [3, 5], 0, 15], // 30 bytes, then 2 of padding
    ['layer0.biases', 'int32', [3], 32, 3],
    ['layer1.weights', 'int16', [2, 3], 44, 6],
    ['layer1.biases', 'int32', [2], 56, 2],
  ]);
  assert.is(layout.parameterBytes, 64);
  assert.equal([layout.inputs, layout.classes, layout.weightCount, layout.biasCount], [5, 2, 21, 5]);
  assert.equal(
    layout.layers.map((layer) => [layer.inputs, layer.outputs, layer.isLast]),
    [
      [5, 3, false],
      [3, 2, true],
    ],
  );
});

test('the inputs of an image are the product of its shape', () => {
  const { layers } = layoutOf({
    ...network(1, 4),
    input: { shape: [2, 3, 4], type: 'int8', exp: -7 },
  });
  assert.is(layers[0].inputs, 24);
});

test('align4 gives the next multiple of 4', () => {
  assert.equal([0, 1, 2, 3, 4, 5].map(align4), [0, 4, 4, 4, 4, 8]);
});

const COUNTS = [
  { active: 7, keptInputs: 2, sent: 7 },
  { active: 6, keptInputs: 3, sent: 6 },
];
const UNITS = { kind: 'dense', units: 2 } as const;
const BYTES = { int8: 1, uint8: 1, int16: 2, uint16: 2, int32: 4 };

test('no two tensors of the arena share a byte, and none lies in the parameters', () => {
  const layout = layoutOf(network(5, 3, 2));
  for (const batch of [1, 3, 16]) {
    const arena = arenaLayout(layout, batch, COUNTS, 11);
    let end = layout.parameterBytes;
    for (const { name, type, offset, length, shape } of arena.tensors) {
      assert.ok(offset >= end && offset % 4 === 0, name);
      assert.is(
        length,
        shape.reduce((a, b) => a * b, 1),
      );
      end = offset + length * BYTES[type];
    }
    assert.is(arena.bytes, align4(end));
  }
});

test('index lists are there for sparse layers only, activations for all but the last', () => {
  const { layers } = arenaLayout(layoutOf(network(5, 3, 2)), 4, COUNTS, 0);
  assert.is(layers[0].columns?.length, 7);
  assert.is(layers[0].rowStarts?.length, 4);
  assert.is(layers[0].activations?.length, 12);
  assert.is(layers[1].columns, undefined); // 6 of 6 active
  assert.is(layers[1].activations, undefined);
});

test('a list has room for its active weights and a row more while weights are chosen', () => {
  const dense = [network(5, 3, 2), network(300, 2, 2), network(7, 90, 3)];
  const images = [1, 4, 9].flatMap((side) =>
    (['valid', 'same'] as const).map((padding): ModelDescription => {
      const conv = { kind: 'conv2d', channels: 1, kernel: [side, side], stride: [9, 9], padding } as const;
      return { ...network(1, 2), input: { shape: [3, 9, 9], type: 'uint8', exp: -8 }, layers: [conv, UNITS] };
    }),
  );
  for (const description of [...dense, ...images]) {
    const layout = layoutOf(description);
    const counts = layout.layers.map(() => ({ active: 1, keptInputs: 1, sent: 1 }));
    for (const batch of [1, 8]) {
      const { layers, listsEnd } = arenaLayout(layout, batch, counts, 11);
      for (const { index, inputs } of layout.layers) {
        const room = (listsEnd - layers[index].columns!.offset) / 2;
        assert.ok(room >= 1 + inputs, `${JSON.stringify(description.input.shape)} layer ${index}: ${room}`);
      }
    }
  }
});

test('the RAM sum adds up to the arena and the update', () => {
  const layout = layoutOf(network(50, 30, 10));
  const counts = [
    { active: 150, keptInputs: 5, sent: 200 },
    { active: 300, keptInputs: 30, sent: 300 },
  ];
  const need = memoryOf(layout, 8, counts, 90);
  const update = need.rows.find((row) => row.name === 'update')!.bytes;
  assert.is(need.bytes - update, arenaLayout(layout, 8, counts, 90).bytes);
  assert.is(
    need.bytes,
    need.rows.reduce((sum, row) => sum + row.bytes, 0),
  );
});

test('weights that are powers cost a number each more, and a global choice room for one full layer', () => {
  const layout = layoutOf(network(50, 30, 10));
  const counts = [
    { active: 750, keptInputs: 50, sent: 150 },
    { active: 300, keptInputs: 30, sent: 30 },
  ];
  const plain = memoryOf(layout, 8, counts, 90);
  const powers = memoryOf(layout, 8, counts, 90, { power: 5, uplink: 'all' });
  assert.is(powers.bytes - plain.bytes, 2 * 1800);
  assert.is(powers.rows.find((row) => row.name === 'numbers behind weights')?.bytes, 2 * 1800);
  assert.is(arenaLayout(layout, 8, counts, 0, 5).bytes, arenaLayout(layout, 8, counts, 0).bytes); // to evaluate
  const global = memoryOf(layout, 8, counts, 90, { power: 4, uplink: 'global-top-k-weights' });
  assert.is(global.bytes - plain.bytes, 2 * 4 * 30); // all 180 may lie in the first layer, as a list and by rows
});

test('a model that does not fit a board is refused with the sum', () => {
  const layout = layoutOf(network(784, 128, 10));
  const counts = layout.layers.map(({ inputs, weights }) => ({
    active: weights.length,
    keptInputs: inputs,
    sent: weights.length,
  }));
  const need = memoryOf(layout, 8, counts, 200);
  checkMemory(need, boardProfile('esp32-s3-psram'));
  assert.throws(
    () => checkMemory(need, boardProfile('esp32')),
    (e: unknown) =>
      e instanceof RangeError &&
      e.message.startsWith(`board esp32 has 110000 B, the model needs ${need.bytes} B = parameters 203`),
  );
  assert.throws(() => boardProfile('esp8266'), /board esp8266, expected esp32, /);
});

test('exponents add up through a network, and one that cannot be shifted is refused', () => {
  const description = network(5, 3, 2);
  const head = (weightExp: number, outputExp: number) => ({
    description,
    layout: layoutOf(description),
    exponents: [
      { weightExp, outputExp },
      { weightExp: -12, outputExp: 0 },
    ],
  });
  const good = head(-13, -5);
  assert.is(biasExpOf(good, 0), -21);
  assert.is(biasExpOf(good, 1), -17);
  assert.is(sumShiftOf(good, 0), 16);
  assert.is(sumShiftOf(good, 1), 7); // to 2^-10 nats
  checkExponents(good);
  assert.throws(
    () => checkExponents(head(-15, 3)),
    /^layer 0 exponents weight -15, output 3: shift 26, expected 0 to 24$/,
  );
  assert.throws(() => checkExponents(head(0, -9)), /^layer 0 .* shift -1, expected 0 to 24$/);
});

test('a source copies any piece of the parameters', () => {
  const description = network(5, 3, 2);
  const parameters = Uint8Array.from({ length: 64 }, (_, i) => i).buffer;
  const source = sourceOf({
    head: { description, layout: layoutOf(description), exponents: [] },
    parameters,
  });
  const out = new Uint8Array(5);
  source.readParameters(59, out);
  assert.equal([...out], [59, 60, 61, 62, 63]);
});

test.run();
