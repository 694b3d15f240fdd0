/**
 * The one table of a model's tensors. Checkpoints, frames, the trainer's memory and RAM sums all
 * derive from it: each layer's weights, then its biases, one after the other in one buffer, each
 * tensor at a multiple of 4 bytes, little-endian.
 * @module
 */
import { frozen } from '../fixed/frozen.js';
import type { ModelDescription } from './description.js';
import type { LayerDescription } from './layer.js';
import { type Stage, stagesOf } from './stage.js';
import { areaOf, type Volume, valuesOf, type Window } from './volume.js';

/** A tensor is a place in a buffer. */
export interface Tensor {
  readonly name: string; // 'layer0.weights'
  readonly type: 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32';
  readonly shape: readonly number[];
  readonly offset: number; // bytes from the start of the buffer
  readonly length: number; // elements
}

/** Bytes of one element. */
export const ELEMENT_BYTES: Readonly<Record<Tensor['type'], number>> = frozen({
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
});

/**
 * A layer with weights: y[outputs] = W[outputs × inputs] · x[inputs] + b[outputs] at each position. A
 * dense layer has one position; a row of a convolution is one output channel.
 */
export interface WeightedLayer {
  readonly index: number; // among the layers with weights
  readonly inputs: number; // fan-in: columns
  readonly outputs: number; // rows
  readonly positions: number; // outputs of one row for one example; 1 if dense
  readonly isLast: boolean; // no ReLU: gives the logits
  readonly isDepthwise: boolean; // row r reads input channel r only
  readonly window: Window | undefined; // undefined if dense
  readonly input: Volume; // what it reads
  readonly output: Volume; // what it writes
  readonly pools: readonly PoolLayer[]; // after its ReLU, before the next layer with weights
  readonly weights: Tensor; // int16 [outputs × inputs]
  readonly biases: Tensor; // int32 [outputs]
}

/** A pooling layer: no weights. */
export interface PoolLayer {
  readonly isMax: boolean; // else the mean
  readonly window: Window;
  readonly input: Volume;
  readonly output: Volume;
}

export interface ModelLayout {
  readonly inputs: number; // features of an example
  readonly classes: number;
  readonly layers: readonly WeightedLayer[];
  readonly weightCount: number; // over all layers
  readonly biasCount: number;
  readonly parameterBytes: number; // size of the buffer, a multiple of 4
}

/** @throws RangeError for a layer that does not fit the one before it */
export function layoutOf(description: ModelDescription): ModelLayout {
  const stages = stagesOf(description);
  const weighted = stages.filter(({ layer }) => !isPool(layer));
  let offset = 0;
  const place = (name: string, type: 'int16' | 'int32', shape: number[]): Tensor => {
    const length = shape.reduce((product, size) => product * size, 1);
    const tensor: Tensor = { name, type, shape, offset, length };
    offset = align4(offset + ELEMENT_BYTES[type] * length);
    return tensor;
  };
  const layers = weighted.map((stage, index): WeightedLayer => {
    const { layer, window, input, output } = stage;
    const isDepthwise = layer.kind === 'depthwise2d';
    const channels = isDepthwise ? 1 : input.channels;
    const inputs = window === undefined ? valuesOf(input) : channels * areaOf(window);
    const outputs = output.channels;
    const from = stages.indexOf(stage) + 1;
    const to = index + 1 < weighted.length ? stages.indexOf(weighted[index + 1]) : stages.length;
    return {
      ...{
        index,
        inputs,
        outputs,
        positions: output.height * output.width,
        isDepthwise,
        window,
        input,
        output,
      },
      isLast: index === weighted.length - 1,
      pools: stages.slice(from, to).map(poolOf),
      weights: place(`layer${index}.weights`, 'int16', [outputs, inputs]),
      biases: place(`layer${index}.biases`, 'int32', [outputs]),
    };
  });
  return {
    inputs: valuesOf(stages[0].input),
    classes: layers[layers.length - 1].outputs,
    layers,
    weightCount: layers.reduce((sum, layer) => sum + layer.weights.length, 0),
    biasCount: layers.reduce((sum, layer) => sum + layer.outputs, 0),
    parameterBytes: offset,
  };
}

/** Input channels that one row of a convolution reads. */
export function channelsRead({ isDepthwise, input }: WeightedLayer): number {
  return isDepthwise ? 1 : input.channels;
}

/** What the layer after this one reads: its own output, or that of its last pooling layer. */
export function passedOn({ output, pools }: WeightedLayer): Volume {
  return pools.length > 0 ? pools[pools.length - 1].output : output;
}

function isPool({ kind }: LayerDescription): boolean {
  return kind === 'maxpool' || kind === 'avgpool' || kind === 'globalavgpool';
}

function poolOf({ layer, window, input, output }: Stage): PoolLayer {
  if (window === undefined) throw new TypeError(`pooling layer ${layer.kind}, expected a window`);
  return { isMax: layer.kind === 'maxpool', window, input, output };
}

/** The next multiple of 4 bytes: every tensor starts there, so that any typed array may view it. */
export function align4(bytes: number): number {
  return (bytes + 3) & ~3;
}
