/**
 * The trainer's memory as one table of tensors in one buffer: the model's parameters first, at the
 * places that ModelLayout gives them, then everything a training step works on. RAM sums and the
 * trainer derive from the same table, so they cannot disagree.
 * @module
 */
import { NOISE_LENGTH } from '../fixed/noise.js';
import { TOPK_STATE } from '../masks/topk.js';
import { align4, ELEMENT_BYTES, type ModelLayout, type Tensor } from './layout.js';
import type { LayerCounts } from './method.js';

export interface LayerTensors {
  /** uint16 [active] and int32 [outputs + 1]; undefined when every weight is active */
  readonly columns: Tensor | undefined;
  readonly rowStarts: Tensor | undefined;
  /** uint8 [outputs × batch] activations after ReLU; undefined in the last layer */
  readonly activations: Tensor | undefined;
}

export interface ArenaLayout {
  readonly bytes: number;
  readonly tensors: readonly Tensor[]; // all but the parameters, for RAM sums
  readonly layers: readonly LayerTensors[];
  readonly inputs: Tensor; // uint8 [inputs × batch], or int8
  readonly example: Tensor; // uint8 [inputs] as read from the shard
  readonly sums: Tensor; // int32 [largest output × batch] forward sums, then summed errors
  readonly errors: Tensor; // int16 [largest output × batch]
  readonly marks: Tensor; // uint8 [largest input]
  readonly kept: Tensor; // uint16 [largest input]
  readonly counts: Tensor; // int32 [TOPK_STATE] state of top-k, histogram of inputs
  readonly noise: Tensor; // int32 [NOISE_LENGTH]
  readonly order: Tensor; // uint16 [examples] order of an epoch
}

/**
 * @param batch    1 to 16
 * @param counts   one per layer
 * @param examples on the board, 0 to 65535; 0 for evaluation only
 */
export function arenaLayout(
  layout: ModelLayout,
  batch: number,
  counts: readonly LayerCounts[],
  examples: number,
): ArenaLayout {
  const tensors: Tensor[] = [];
  let bytes = align4(layout.parameterBytes);
  const place = (name: string, type: Tensor['type'], shape: number[]): Tensor => {
    const length = shape.reduce((product, size) => product * size, 1);
    const tensor = { name, type, shape, offset: bytes, length };
    bytes = align4(bytes + length * ELEMENT_BYTES[type]);
    tensors.push(tensor);
    return tensor;
  };
  const layers = layout.layers.map(({ index, outputs, isLast, weights }): LayerTensors => {
    const isSparse = counts[index].active < weights.length;
    return {
      columns: isSparse ? place(`layer${index}.columns`, 'uint16', [counts[index].active]) : undefined,
      rowStarts: isSparse ? place(`layer${index}.rowStarts`, 'int32', [outputs + 1]) : undefined,
      activations: isLast ? undefined : place(`layer${index}.activations`, 'uint8', [outputs, batch]),
    };
  });
  const mostOutputs = Math.max(...layout.layers.map((layer) => layer.outputs));
  const mostInputs = Math.max(...layout.layers.map((layer) => layer.inputs));
  const rest = {
    inputs: place('inputs', 'uint8', [layout.inputs, batch]),
    example: place('example', 'uint8', [layout.inputs]),
    sums: place('sums', 'int32', [mostOutputs, batch]),
    errors: place('errors', 'int16', [mostOutputs, batch]),
    marks: place('marks', 'uint8', [mostInputs]),
    kept: place('kept', 'uint16', [mostInputs]),
    counts: place('counts', 'int32', [TOPK_STATE]),
    noise: place('noise', 'int32', [NOISE_LENGTH]),
    order: place('order', 'uint16', [examples]),
  };
  return { bytes, tensors, layers, ...rest };
}
