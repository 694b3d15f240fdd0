/**
 * The trainer's memory as one table of tensors in one buffer: the model's parameters first, at the
 * places that ModelLayout gives them, then everything a training step works on. RAM sums and the
 * trainer derive from the same table, so they cannot disagree.
 * @module
 */
import { NOISE_LENGTH } from '../fixed/noise.js';
import { PLAIN, type Power } from '../fixed/power.js';
import { TOPK_STATE } from '../masks/count.js';
import {
  align4,
  ELEMENT_BYTES,
  type ModelLayout,
  type PoolLayer,
  type Tensor,
  type WeightedLayer,
} from './layout.js';
import type { LayerCounts } from './method.js';
import { areaOf, storedOf } from './volume.js';

export interface LayerTensors {
  /** int16 [outputs × inputs] the numbers whose powers the weights are, in training; undefined if plain */
  readonly numbers: Tensor | undefined;
  /** uint16 [active] and int32 [outputs + 1]; undefined when every weight is active */
  readonly columns: Tensor | undefined;
  readonly rowStarts: Tensor | undefined;
  /** uint16 [inputs + 2 · positions] of `fillPlaces`; undefined if dense */
  readonly places: Tensor | undefined;
  /** uint8 [stored outputs × batch] activations after ReLU; undefined in the last layer */
  readonly activations: Tensor | undefined;
  readonly pools: readonly PoolTensors[];
}

export interface PoolTensors {
  readonly places: Tensor; // uint16 [window + 2 · positions] of `fillPlaces`
  readonly activations: Tensor; // uint8 [stored outputs × batch]
}

export interface ArenaLayout {
  readonly bytes: number;
  readonly tensors: readonly Tensor[]; // all but the parameters, for RAM sums
  readonly layers: readonly LayerTensors[];
  readonly inputs: Tensor; // uint8 [stored inputs × batch], or int8
  /**
   * From its columns to here a layer's list may grow while its weights are chosen: there lie lists that are chosen
   * later, and what a step leaves to nobody. That is room for its active weights and one row more.
   */
  readonly listsEnd: number; // in bytes
  readonly sums: Tensor; // int32 [largest output or input × batch] forward sums, then summed errors
  readonly errors: Tensor; // int16 [largest output or input × batch]
  readonly kept: Tensor; // uint16 [largest input of a dense layer, positions of another]
  readonly example: Tensor; // uint8 [inputs] as read from the shard
  readonly marks: Tensor; // uint8 [largest stored input]
  readonly counts: Tensor; // int32 [TOPK_STATE] state of top-k, histogram of inputs
  readonly noise: Tensor; // int32 [NOISE_LENGTH]
  readonly order: Tensor; // uint16 [examples] order of an epoch
}

/**
 * @param batch    1 to 16
 * @param counts   one per layer
 * @param examples on the board, 0 to 65535; 0 for evaluation only
 * @param power    of the weights
 */
export function arenaLayout(
  layout: ModelLayout,
  batch: number,
  counts: readonly LayerCounts[],
  examples: number,
  power: Power = PLAIN,
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
  const isSparse = ({ index, weights }: WeightedLayer) => counts[index].active < weights.length;
  const parts = layout.layers.map((layer) => {
    const { index, inputs, outputs, positions, isLast, window, output, pools } = layer;
    const name = `layer${index}`;
    return {
      numbers:
        power !== PLAIN && examples > 0 ? place(`${name}.numbers`, 'int16', [outputs, inputs]) : undefined,
      rowStarts: isSparse(layer) ? place(`${name}.rowStarts`, 'int32', [outputs + 1]) : undefined,
      places: window && place(`${name}.places`, 'uint16', [inputs + 2 * positions]),
      activations: isLast ? undefined : place(`${name}.activations`, 'uint8', [storedOf(output), batch]),
      pools: pools.map((pool, i) => ({
        places: place(`${name}.pool${i}.places`, 'uint16', [areaOf(pool.window) + 2 * positionsOf(pool)]),
        activations: place(`${name}.pool${i}.activations`, 'uint8', [storedOf(pool.output), batch]),
      })),
    };
  });
  const most = (size: (layer: WeightedLayer) => number) => Math.max(...layout.layers.map(size));
  // sums and errors of every volume but the network's input
  const mostSums = most(({ output, pools }) =>
    Math.max(storedOf(output), ...pools.map((pool) => storedOf(pool.output))),
  );
  const mostStored = most(({ input }) => storedOf(input));
  const mostKept = most(({ window, inputs, positions }) => (window === undefined ? inputs : positions));
  // a row of columns has to fit beside the lists: what the sums, two columns each, have no room for
  const restOfRow = most(({ inputs }) => inputs) - 2 * mostSums * batch;
  const inputs = place('inputs', 'uint8', [storedOf(layout.layers[0].input), batch]);
  const layers = layout.layers.map((layer, i): LayerTensors => {
    const columns = isSparse(layer) ? place(`layer${i}.columns`, 'uint16', [counts[i].active]) : undefined;
    return { ...parts[i], columns };
  });
  const between = {
    sums: place('sums', 'int32', [mostSums, batch]),
    errors: place('errors', 'int16', [mostSums, batch]),
    kept: place('kept', 'uint16', [Math.max(mostKept, restOfRow)]),
    example: place('example', 'uint8', [layout.inputs]),
  };
  const listsEnd = bytes;
  const rest = {
    marks: place('marks', 'uint8', [mostStored]),
    counts: place('counts', 'int32', [TOPK_STATE]),
    noise: place('noise', 'int32', [NOISE_LENGTH]),
    order: place('order', 'uint16', [examples]),
  };
  return { bytes, tensors, layers, inputs, listsEnd, ...between, ...rest };
}

function positionsOf({ output }: PoolLayer): number {
  return output.height * output.width;
}
