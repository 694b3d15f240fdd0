/**
 * Where each layer's tensors lie in the arena, and its numbers: all that a kernel call needs.
 * @module
 */
import type { ArenaLayout } from '../../shared/model/arena.js';
import { weightMaxOf } from '../../shared/model/bounds.js';
import { sumShiftOf } from '../../shared/model/exponents.js';
import type { PoolLayer, WeightedLayer } from '../../shared/model/layout.js';
import type { LayerCounts } from '../../shared/model/method.js';
import { biasExpOf, type ModelHead } from '../../shared/model/model.js';
import { areaOf } from '../../shared/model/volume.js';

/** Elements [at, …) of the arena, by layer. */
export interface LayerPlaces {
  readonly layer: WeightedLayer;
  readonly isSparse: boolean;
  readonly active: number;
  readonly keptInputs: number;
  readonly weightsAt: number; // in i16
  readonly numbersAt: number; // in i16; unused if the weights are plain
  readonly biasesAt: number; // in i32
  readonly columnsAt: number; // in u16
  readonly columnsRoom: number; // while weights are chosen
  readonly rowStartsAt: number; // in i32
  readonly tableAt: number; // in u16; unused if dense
  readonly rowStep: number; // input places from one row to the next: depthwise only, else 0
  readonly inputsAt: number; // in u8 or i8
  readonly outputsAt: number; // in u8; unused in the last layer
  readonly inputs: Uint8Array | Int8Array; // the view its inputs are read through
  readonly inputExp: number;
  readonly weightExp: number;
  readonly biasExp: number;
  readonly sumShift: number;
  readonly weightMax: number;
  readonly pools: readonly PoolPlaces[];
}

export interface PoolPlaces {
  readonly pool: PoolLayer;
  readonly size: number; // values of a window
  readonly positions: number;
  readonly tableAt: number; // in u16
  readonly inputsAt: number; // in u8
  readonly outputsAt: number; // in u8
}

/** @throws RangeError when the sums of a layer do not fit */
export function layerPlaces(
  views: { readonly u8: Uint8Array; readonly i8: Int8Array },
  head: ModelHead,
  arena: ArenaLayout,
  counts: readonly LayerCounts[],
): LayerPlaces[] {
  const isSigned = head.description.input.type === 'int8';
  let inputsAt = arena.inputs.offset;
  return head.layout.layers.map((layer): LayerPlaces => {
    const { index } = layer;
    const { numbers, columns, rowStarts, places, activations, pools } = arena.layers[index];
    const { weightExp } = head.exponents[index];
    const biasExp = biasExpOf(head, index);
    const ownInputsAt = inputsAt;
    const columnsAt = (columns?.offset ?? 0) >> 1;
    const outputsAt = activations?.offset ?? 0;
    inputsAt = outputsAt;
    return {
      layer,
      isSparse: columns !== undefined,
      active: counts[index].active,
      keptInputs: counts[index].keptInputs,
      weightsAt: layer.weights.offset >> 1,
      numbersAt: (numbers?.offset ?? 0) >> 1,
      biasesAt: layer.biases.offset >> 2,
      columnsAt,
      columnsRoom: (arena.listsEnd >> 1) - columnsAt,
      rowStartsAt: (rowStarts?.offset ?? 0) >> 2,
      tableAt: (places?.offset ?? 0) >> 1,
      rowStep: layer.isDepthwise ? layer.input.plane : 0,
      inputsAt: ownInputsAt,
      outputsAt,
      inputs: isSigned && index === 0 ? views.i8 : views.u8,
      inputExp: biasExp - weightExp,
      weightExp,
      biasExp,
      sumShift: sumShiftOf(head, index),
      weightMax: weightMaxOf(layer, isSigned),
      pools: layer.pools.map((pool, i): PoolPlaces => {
        const poolInputsAt = inputsAt;
        inputsAt = pools[i].activations.offset;
        return {
          pool,
          size: areaOf(pool.window),
          positions: pool.output.height * pool.output.width,
          tableAt: pools[i].places.offset >> 1,
          inputsAt: poolInputsAt,
          outputsAt: inputsAt,
        };
      }),
    };
  });
}
