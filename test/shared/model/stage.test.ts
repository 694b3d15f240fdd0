import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { arenaLayout } from '../../../shared/model/arena.js';
import { boardProfile } from '../../../shared/model/boards.js';
import { checkTerms, weightMaxima } from '../../../shared/model/bounds.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import type { LayerDescription, Padding } from '../../../shared/model/layer.js';
import { layoutOf } from '../../../shared/model/layout.js';
import { checkMemory, memoryOf } from '../../../shared/model/memory.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import { stagesOf } from '../../../shared/model/stage.js';
import { denseMacsPerExample, planTraining } from '../../../shared/model/training.js';
import { hasBorder, storedOf, valuesOf } from '../../../shared/model/volume.js';
import { defaultModel, imageModel, speechModel } from '../../../shared/model/zoo.js';

const test = suite('model/stage');

const SPEECH = speechModel('speech', { shape: [40, 25], type: 'int8', exp: -5 }, 12);
const IMAGE = imageModel('fashion', { shape: [14, 14], type: 'uint8', exp: -8 }, 10);

function along(length: number, kernel: number, stride: number, padding: Padding): ModelDescription {
  const conv: LayerDescription = { kind: 'conv1d', channels: 1, kernel, stride, padding };
  return {
    name: 'net',
    input: { shape: [length], type: 'uint8', exp: -8 },
    layers: [conv, { kind: 'dense', units: 2 }],
  };
}

test('"same" gives ceil(n / stride) outputs with the smaller half of the zeros before, "valid" whole windows', () => {
  const widths = (length: number, kernel: number, stride: number, padding: Padding) => {
    const [{ input, output }] = stagesOf(along(length, kernel, stride, padding));
    return [output.width, input.first, input.plane];
  };
  assert.equal(widths(25, 5, 2, 'same'), [13, 2, 29]);
  assert.equal(widths(13, 3, 2, 'same'), [7, 1, 15]);
  assert.equal(widths(14, 3, 2, 'same'), [7, 0, 15]); // one zero, after the last
  assert.equal(widths(10, 4, 1, 'same'), [10, 1, 13]);
  assert.equal(widths(10, 1, 3, 'same'), [4, 0, 10]);
  assert.equal(widths(2, 5, 1, 'same'), [2, 2, 6]);
  assert.equal(widths(25, 5, 2, 'valid'), [11, 0, 25]);
  assert.equal(widths(5, 5, 9, 'valid'), [1, 0, 5]);
});

test('kws_s has the published parameters and multiply-accumulates', () => {
  const layout = layoutOf(SPEECH);
  assert.is(layout.weightCount + layout.biasCount, 21_148);
  assert.equal(
    layout.layers.map(({ inputs, outputs, positions, pools }) => [inputs, outputs, positions, pools.length]),
    [
      [200, 32, 13, 0],
      [96, 48, 13, 0],
      [144, 64, 7, 1],
      [64, 12, 1, 0],
    ],
  );
  const forward = [6400 * 13, 4608 * 13, 9216 * 7, 768];
  assert.is(
    denseMacsPerExample(layout),
    3 * forward.reduce((a, b) => a + b, 0) - forward[0], // no input gradient in the first layer
  );
  assert.is(
    forward.reduce((a, b) => a + b, 0),
    208_384,
  );
});

test('a volume has a border where a padded convolution reads it, and only there', () => {
  const { layers } = layoutOf(SPEECH);
  assert.equal(
    layers.map(({ input, output }) => [valuesOf(input), storedOf(input), hasBorder(output)]),
    [
      [1000, 40 * 29, true],
      [32 * 13, 32 * 15, true],
      [48 * 13, 48 * 15, false],
      [64, 64, false],
    ],
  );
  assert.equal(layers[2].output, layers[2].pools[0].input);
  assert.equal(layers[2].pools[0].output, layers[3].input);
});

test('the arena holds every volume with its border, and sums for the largest but the input', () => {
  const layout = layoutOf(SPEECH);
  const { layers: counts } = planTraining(recipeOf('swat', 0.1), layout, 1);
  const arena = arenaLayout(layout, 8, counts, 20);
  assert.is(arena.inputs.length, 40 * 29 * 8);
  assert.is(arena.example.length, 1000);
  assert.is(arena.sums.length, 48 * 15 * 8);
  assert.is(arena.marks.length, 40 * 29);
  assert.is(arena.kept.length, 64); // the dense layer's inputs; convolutions list 13 positions
  assert.equal(
    arena.layers.map(({ places, activations, pools }) => [places?.length, activations?.length, pools.length]),
    [
      [200 + 26, 32 * 15 * 8, 0],
      [96 + 26, 48 * 15 * 8, 0],
      [144 + 14, 64 * 7 * 8, 1],
      [undefined, undefined, 0],
    ],
  );
  assert.is(arena.layers[2].pools[0].activations.length, 64 * 8);
  let end = layout.parameterBytes;
  for (const { name, offset } of arena.tensors) {
    assert.ok(offset >= end && offset % 4 === 0, name);
    end = offset;
  }
});

test('kept inputs count values of the volume, not columns of a window', () => {
  const layout = layoutOf(SPEECH);
  const { layers } = planTraining(recipeOf('swat', 0.1), layout, 1);
  assert.equal(
    layers.map(({ keptInputs }) => keptInputs),
    [100, 42, 63, 7],
  );
});

test('a plain ESP32 trains kws_s in batches of 4 and the small image network in batches of 8', () => {
  for (const [description, batch] of [
    [SPEECH, 4],
    [IMAGE, 8],
  ] as const) {
    const layout = layoutOf(description);
    const need = (examples: number) => {
      const { layers } = planTraining(recipeOf('sparrow', 0.05, { batch: examples }), layout, 1);
      return memoryOf(layout, examples, layers, 82);
    };
    checkMemory(need(batch), boardProfile('esp32'));
    assert.throws(
      () => checkMemory(need(16), boardProfile('esp32')),
      /^board esp32 has 110000 B, the model needs \d+ B = parameters .* places in volumes /,
    );
  }
});

test('speech gets kws_s, everything else a dense network', () => {
  const kinds = (shape: number[], type: 'uint8' | 'int8') =>
    defaultModel('x', { shape, type, exp: -5 }, 10).layers.map(({ kind }) => kind);
  assert.is(kinds([40, 25], 'int8')[0], 'conv1d');
  assert.is(kinds([40, 25], 'uint8')[0], 'dense');
  assert.is(kinds([14, 14], 'uint8')[0], 'dense');
});

test('a value that many windows read bounds the weights by all of them', () => {
  const image = (kernel: number, stride: number, kind: 'conv2d' | 'depthwise2d'): ModelDescription => {
    const window = { kernel: [kernel, kernel], stride: [stride, stride], padding: 'same' } as const;
    const first: LayerDescription = { kind: 'conv2d', channels: 64, ...window };
    const second: LayerDescription = kind === 'conv2d' ? first : { kind, ...window };
    return { ...IMAGE, layers: [first, second, { kind: 'dense', units: 10 }] };
  };
  const backward = 2147483647 - 2 ** 20;
  const forward = 2147483647 - 2 ** 28 - 2 ** 23;
  const [, conv] = weightMaxima(image(3, 1, 'conv2d'));
  assert.is(conv, Math.floor(backward / (64 * 9 * 1023)));
  const [, strided] = weightMaxima(image(3, 2, 'conv2d'));
  assert.is(strided, Math.floor(backward / (64 * 4 * 1023))); // at most 2 × 2 windows meet
  const [, depthwise] = weightMaxima(image(3, 1, 'depthwise2d'));
  assert.is(depthwise, Math.min(32767, Math.floor(forward / (9 * 255))));
});

test('a batch whose gradients would pass int32 is refused, naming the layer', () => {
  const [layer] = layoutOf({
    ...IMAGE,
    input: { shape: [28, 28], type: 'uint8', exp: -8 },
    layers: [
      { kind: 'conv2d', channels: 2, kernel: [3, 3], stride: [1, 1], padding: 'same' },
      { kind: 'dense', units: 2 },
    ],
  }).layers;
  checkTerms(layer, 7);
  assert.throws(
    () => checkTerms(layer, 8),
    /^layer 0: 784 positions × batch 8, expected at most 6174 before a gradient passes int32/,
  );
});

test.run();
