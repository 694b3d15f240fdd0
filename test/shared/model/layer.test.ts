import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatDescription, parseDescription } from '../../../shared/model/description.js';

const test = suite('model/layer');

const SPEECH = {
  name: 'speech',
  input: { shape: [40, 25], type: 'int8', exp: -5 },
  layers: [
    { kind: 'conv1d', channels: 8, kernel: 5, stride: 2, padding: 'same' },
    { kind: 'maxpool', size: 2, stride: 2 },
    { kind: 'avgpool', size: 2, stride: 1 },
    { kind: 'globalavgpool' },
    { kind: 'dense', units: 12 },
  ],
};

const IMAGE = {
  name: 'image',
  input: { shape: [1, 14, 14], type: 'uint8', exp: -8 },
  layers: [
    { kind: 'conv2d', channels: 4, kernel: [3, 3], stride: [2, 1], padding: 'valid' },
    { kind: 'depthwise2d', kernel: [3, 5], stride: [1, 1], padding: 'same' },
    { kind: 'maxpool', size: [2, 2], stride: [2, 2] },
    { kind: 'dense', units: 10 },
  ],
};

for (const description of [SPEECH, IMAGE]) {
  test(`${description.name}: every kind comes back from its text, the same text whatever the order of fields`, () => {
    const parsed = parseDescription(JSON.stringify(description));
    assert.equal(parsed, description);
    const turned = {
      ...description,
      layers: description.layers.map((layer) => Object.fromEntries(Object.entries(layer).reverse())),
    };
    assert.is(formatDescription(parseDescription(JSON.stringify(turned))), formatDescription(parsed));
    assert.is(formatDescription(parsed), JSON.stringify(description));
  });
}

/** A description with one layer changed. */
function changed(description: { layers: object[] }, index: number, changes: object) {
  const layers = description.layers.map((layer, i) => (i === index ? { ...layer, ...changes } : layer));
  return { ...description, layers };
}

const dense = { kind: 'dense', units: 3 };
const conv1d = SPEECH.layers[0];
const conv2d = IMAGE.layers[0];

const BAD: readonly [object, string][] = [
  [
    changed(SPEECH, 0, { kind: 'conv3d' }),
    'model.layers[0].kind "conv3d", expected "dense", "conv1d", "conv2d",',
  ],
  [changed(SPEECH, 0, { kind: 'constructor' }), 'model.layers[0].kind "constructor", expected "dense"'],
  [changed(SPEECH, 0, { channels: 0 }), 'model.layers[0].channels 0, expected an integer from 1 to 4096'],
  [changed(SPEECH, 0, { kernel: [3] }), 'model.layers[0].kernel [3], expected an integer from 1 to 255'],
  [changed(SPEECH, 0, { stride: 256 }), 'model.layers[0].stride 256, expected an integer from 1 to 255'],
  [changed(SPEECH, 0, { padding: 'full' }), 'model.layers[0].padding "full", expected "same" or "valid"'],
  [changed(SPEECH, 0, { padding: undefined }), 'model.layers[0].padding missing, expected "same" or "valid"'],
  [
    changed(SPEECH, 0, { units: 3 }),
    'model.layers[0].units 3, expected only kind, channels, kernel, stride, padding',
  ],
  [
    changed(SPEECH, 1, { size: undefined }),
    'model.layers[1].size missing, expected an integer from 1 to 255',
  ],
  [changed(SPEECH, 1, { size: [2, 2] }), 'model.layers[1].size [2,2], expected a number along time'],
  [changed(SPEECH, 1, { size: 14 }), 'model.layers[1].size 14, expected at most 13, the size of its input'],
  [changed(SPEECH, 3, { size: 2 }), 'model.layers[3].size 2, expected only kind'],
  [changed(IMAGE, 0, { kernel: 3 }), 'model.layers[0].kernel 3, expected a list of height and width'],
  [changed(IMAGE, 0, { kernel: [3, 0] }), 'model.layers[0].kernel[1] 0, expected an integer from 1 to 255'],
  [
    changed(IMAGE, 0, { kernel: [3, 15] }),
    'model.layers[0].kernel 15, expected at most 14, the size of its input',
  ],
  [
    changed(IMAGE, 1, { channels: 3 }),
    'model.layers[1].channels 3, expected only kind, kernel, stride, padding',
  ],
  [
    changed(IMAGE, 2, { size: 2 }),
    'model.layers[2].size 2, expected a list of height and width over an image',
  ],
  [{ ...SPEECH, layers: [conv1d] }, 'model.layers[0].kind "conv1d", expected "dense", the last layer'],
  [
    { ...SPEECH, layers: [{ kind: 'globalavgpool' }, dense] },
    'model.layers[0].kind "globalavgpool", expected a layer with weights before it',
  ],
  [
    { ...SPEECH, layers: [dense, conv1d, dense] },
    'model.layers[1].kind "conv1d", expected "dense" after "dense"',
  ],
  [
    { ...SPEECH, layers: [dense, { kind: 'globalavgpool' }, dense] },
    'model.layers[1].kind "globalavgpool", expected "dense" after "dense"',
  ],
  [
    { ...SPEECH, layers: [conv1d, conv2d, dense] },
    'model.layers[1].kind "conv2d", expected "conv1d" along time',
  ],
  [
    { ...IMAGE, layers: [conv2d, conv1d, dense] },
    'model.layers[1].kind "conv1d", expected "conv2d" or "depthwise2d" over an image',
  ],
  [
    { ...IMAGE, layers: [conv1d, dense] },
    'model.input.shape [1,14,14], expected [channels, time] for conv1d',
  ],
  [
    { ...SPEECH, input: { ...SPEECH.input, shape: [40] }, layers: [conv2d, dense] },
    'model.input.shape [40], expected [channels, height, width] for conv2d',
  ],
  [
    {
      ...IMAGE,
      input: { ...IMAGE.input, shape: [255, 255] },
      layers: [{ ...conv2d, kernel: [5, 5], stride: [1, 1], padding: 'same' }, dense],
    },
    'input of model.layers[0] [1,255,255], expected at most 65535 values with its padding',
  ],
];

for (const [value, message] of BAD) {
  test(`refused: ${message}`, () => {
    assert.throws(
      () => parseDescription(JSON.stringify(value)),
      (e: unknown) => e instanceof RangeError && e.message.startsWith(message) && !e.message.includes('\n'),
    );
  });
}

test.run();
