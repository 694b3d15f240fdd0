/**
 * The one table of a model's tensors. Checkpoints, frames, the trainer's memory and RAM sums all
 * derive from it: each layer's weights, then its biases, one after the other in one buffer, each
 * tensor at a multiple of 4 bytes, little-endian.
 * @module
 */
import type { ModelDescription } from './description.js';

/** A tensor is a place in a buffer. */
export interface Tensor {
  readonly name: string; // 'layer0.weights'
  readonly type: 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32';
  readonly shape: readonly number[];
  readonly offset: number; // bytes from the start of the buffer
  readonly length: number; // elements
}

/** Bytes of one element. */
export const ELEMENT_BYTES: Readonly<Record<Tensor['type'], number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
};

/** A layer with weights: y[outputs] = W[outputs × inputs] · x[inputs] + b[outputs]. */
export interface WeightedLayer {
  readonly index: number; // among the layers with weights
  readonly inputs: number; // fan-in
  readonly outputs: number; // fan-out
  readonly isLast: boolean; // no ReLU: gives the logits
  readonly weights: Tensor; // int16 [outputs × inputs]
  readonly biases: Tensor; // int32 [outputs]
}

export interface ModelLayout {
  readonly inputs: number; // features of an example
  readonly classes: number;
  readonly layers: readonly WeightedLayer[];
  readonly weightCount: number; // over all layers
  readonly biasCount: number;
  readonly parameterBytes: number; // size of the buffer, a multiple of 4
}

export function layoutOf(description: ModelDescription): ModelLayout {
  const inputs = description.input.shape.reduce((product, size) => product * size, 1);
  const layers: WeightedLayer[] = [];
  let offset = 0;
  let fanIn = inputs;
  let weightCount = 0;
  let biasCount = 0;
  for (const [index, { units }] of description.layers.entries()) {
    const weights: Tensor = {
      name: `layer${index}.weights`,
      type: 'int16',
      shape: [units, fanIn],
      offset,
      length: units * fanIn,
    };
    offset = align4(offset + 2 * weights.length);
    const biases: Tensor = {
      name: `layer${index}.biases`,
      type: 'int32',
      shape: [units],
      offset,
      length: units,
    };
    offset += 4 * units;
    const isLast = index === description.layers.length - 1;
    layers.push({ index, inputs: fanIn, outputs: units, isLast, weights, biases });
    weightCount += weights.length;
    biasCount += units;
    fanIn = units;
  }
  return { inputs, classes: fanIn, layers, weightCount, biasCount, parameterBytes: offset };
}

/** The next multiple of 4 bytes: every tensor starts there, so that any typed array may view it. */
export function align4(bytes: number): number {
  return (bytes + 3) & ~3;
}
