import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatDescription, parseDescription } from '../../../shared/model/description.js';

const test = suite('model/description');

const GOOD = {
  name: 'fashion14-mlp',
  input: { shape: [14, 14], type: 'uint8', exp: -8 },
  layers: [
    { kind: 'dense', units: 64 },
    { kind: 'dense', units: 10 },
  ],
};

test('a description comes back from its text, the same text whatever the order of fields', () => {
  const parsed = parseDescription(JSON.stringify(GOOD));
  assert.equal(parsed, GOOD);
  const { layers, name } = GOOD;
  const other = JSON.stringify({ layers, input: { exp: -8, type: 'uint8', shape: [14, 14] }, name });
  assert.is(formatDescription(parseDescription(other)), formatDescription(parsed));
});

const input = (changes: object) => ({ ...GOOD, input: { ...GOOD.input, ...changes } });
const layer = (changes: object) => ({
  ...GOOD,
  layers: [GOOD.layers[0], { kind: 'dense', units: 3, ...changes }],
});

const BAD: readonly [unknown, string][] = [
  [7, 'model 7, expected an object'],
  [[], 'model [], expected an object'],
  [{ ...GOOD, extra: 1 }, 'model.extra 1, expected only name, input, layers'],
  [{ ...GOOD, name: 'Big' }, 'model.name "Big", expected 1 to 32 of a-z, 0-9 and -'],
  [{ ...GOOD, name: '' }, 'model.name "", expected'],
  [{ ...GOOD, name: 'x'.repeat(33) }, 'model.name "x'],
  [{ ...GOOD, name: undefined }, 'model.name missing, expected'],
  [{ ...GOOD, input: null }, 'model.input null, expected an object'],
  [input({ depth: 3 }), 'model.input.depth 3, expected only shape, type, exp'],
  [input({ shape: [] }), 'model.input.shape [], expected a list of 1 to 3 sizes'],
  [input({ shape: [1, 1, 1, 1] }), 'model.input.shape [1,1,1,1], expected a list of 1 to 3 sizes'],
  [input({ shape: '14' }), 'model.input.shape "14", expected a list'],
  [input({ shape: [14, 0] }), 'model.input.shape[1] 0, expected an integer from 1 to 65535'],
  [input({ shape: [1.5] }), 'model.input.shape[0] 1.5, expected an integer'],
  [input({ shape: [256, 256] }), 'model.input.shape [256,256], expected at most 65535 values'],
  [input({ type: 'float' }), 'model.input.type "float", expected "uint8" or "int8"'],
  [input({ exp: 1 }), 'model.input.exp 1, expected an integer from -16 to 0'],
  [input({ exp: -17 }), 'model.input.exp -17, expected an integer from -16 to 0'],
  [{ ...GOOD, layers: {} }, 'model.layers {}, expected a list of 1 to 16 layers'],
  [{ ...GOOD, layers: [] }, 'model.layers [], expected a list of 1 to 16 layers'],
  [{ ...GOOD, layers: new Array(17).fill(GOOD.layers[0]) }, 'model.layers [{'],
  [{ ...GOOD, layers: [3] }, 'model.layers[0] 3, expected an object'],
  [layer({ kind: 'conv' }), 'model.layers[1].kind "conv", expected "dense"'],
  [layer({ units: 0 }), 'model.layers[1].units 0, expected an integer from 1 to 4096'],
  [layer({ units: 4097 }), 'model.layers[1].units 4097, expected an integer from 1 to 4096'],
  [layer({ units: '3' }), 'model.layers[1].units "3", expected an integer'],
  [layer({ bias: true }), 'model.layers[1].bias true, expected only kind, units'],
];

for (const [value, message] of BAD) {
  test(`refused: ${message}`, () => {
    assert.throws(
      () => parseDescription(JSON.stringify(value)),
      (e: unknown) => e instanceof RangeError && e.message.startsWith(message) && !e.message.includes('\n'),
    );
  });
}

test('what is no JSON is refused in one line', () => {
  assert.throws(
    () => parseDescription('{"name":\n'),
    (e: unknown) =>
      e instanceof RangeError && e.message === 'model description "{\\"name\\":\\n", expected JSON',
  );
});

test.run();
