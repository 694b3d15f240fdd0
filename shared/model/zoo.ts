/**
 * Models for the data sets that come up most, and a plain network for any other.
 * @module
 */
import { frozen } from '../fixed/frozen.js';
import type { InputDescription, ModelDescription } from './description.js';
import type { LayerDescription } from './layer.js';

/** Hidden units by the number of inputs: the networks of the published comparisons. */
const SMALL_INPUTS = 100;
const SMALL_HIDDEN = frozen([32]); // digits8: 64-32-10
const HIDDEN = frozen([64, 32]); // fashion14: 196-64-32-10

/** A dense network for the given input and classes. */
export function denseModel(name: string, input: InputDescription, classes: number): ModelDescription {
  const inputs = input.shape.reduce((product, size) => product * size, 1);
  const hidden = inputs <= SMALL_INPUTS ? SMALL_HIDDEN : HIDDEN;
  return {
    name: `${name}-mlp`,
    input,
    layers: [...hidden, classes].map((units) => ({ kind: 'dense', units })),
  };
}

/** Log-mel bands of a speech window: its channels. */
const SPEECH_BANDS = 40;

/** Whether an input is log-mel speech, [bands, frames] in int8. */
export function isSpeech({ shape, type }: InputDescription): boolean {
  return type === 'int8' && shape.length === 2 && shape[0] === SPEECH_BANDS;
}

/**
 * `kws_s` of the published comparison: three convolutions along time, the mean over time, a dense layer.
 * For [40, 25] and 12 classes 21,148 parameters and 0.21 M multiply-accumulates forward.
 */
export function speechModel(name: string, input: InputDescription, classes: number): ModelDescription {
  const conv = (channels: number, kernel: number, stride: number): LayerDescription => ({
    kind: 'conv1d',
    channels,
    kernel,
    stride,
    padding: 'same',
  });
  return {
    name: `${name}-kws`,
    input,
    layers: [
      conv(32, 5, 2),
      conv(48, 3, 1),
      conv(64, 3, 2),
      { kind: 'globalavgpool' },
      { kind: 'dense', units: classes },
    ],
  };
}

/** A small network for images of about 14 × 14; strides instead of pooling keep its activations small. */
export function imageModel(name: string, input: InputDescription, classes: number): ModelDescription {
  const conv = (channels: number): LayerDescription => ({
    kind: 'conv2d',
    channels,
    kernel: [3, 3],
    stride: [2, 2],
    padding: 'same',
  });
  return {
    name: `${name}-cnn`,
    input,
    layers: [conv(8), conv(16), { kind: 'dense', units: 32 }, { kind: 'dense', units: classes }],
  };
}

/** What a data set gets when no one chose: `kws_s` for speech, a dense network for the rest. */
export function defaultModel(name: string, input: InputDescription, classes: number): ModelDescription {
  return (isSpeech(input) ? speechModel : denseModel)(name, input, classes);
}
