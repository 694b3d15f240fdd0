/**
 * A model in the arena, ready to run: views, active weights and the forward pass. Training and
 * evaluation share it. It knows no examples and no gradients.
 * @module
 */
import { ACTIVATION_MAX } from '../../shared/fixed/saturation.js';
import {
  TOPK_STATE,
  TOPK_THRESHOLD,
  TOPK_TIES,
  topkBegin,
  topkCountHigh,
  topkCountLow,
  topkFindBin,
  topkFindThreshold,
} from '../../shared/masks/topk.js';
import { type ArenaLayout, arenaLayout } from '../../shared/model/arena.js';
import { BIAS_MAX, weightMaxOf } from '../../shared/model/bounds.js';
import { checkExponents, sumShiftOf } from '../../shared/model/exponents.js';
import type { WeightedLayer } from '../../shared/model/layout.js';
import type { LayerCounts } from '../../shared/model/method.js';
import { biasExpOf, type ModelHead, type ModelSource } from '../../shared/model/model.js';
import { largestMagnitude, reluForward } from '../kernels/activation.js';
import { denseForward } from '../kernels/dense.js';
import { listActive } from '../kernels/select.js';
import { sparseForward } from '../kernels/sparse.js';

/** Elements [at, …) of the arena, by layer; all that a kernel call needs. */
export interface LayerPlaces {
  readonly layer: WeightedLayer;
  readonly isSparse: boolean;
  readonly active: number;
  readonly keptInputs: number;
  readonly weightsAt: number; // in i16
  readonly biasesAt: number; // in i32
  readonly columnsAt: number; // in u16
  readonly rowStartsAt: number; // in i32
  readonly inputsAt: number; // in u8 or i8
  readonly outputsAt: number; // in u8; unused in the last layer
  readonly inputs: Uint8Array | Int8Array; // the view its inputs are read through
  readonly inputExp: number;
  readonly weightExp: number;
  readonly biasExp: number;
  readonly sumShift: number;
  readonly weightMax: number;
}

export class Network {
  readonly head: ModelHead;
  readonly arena: ArenaLayout;
  readonly layers: readonly LayerPlaces[];
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly i16: Int16Array;
  readonly u16: Uint16Array;
  readonly i32: Int32Array;
  readonly #topk: Int32Array;

  /**
   * @param batch    most examples at once, 1 to 16
   * @param counts   one per layer
   * @param examples that will be trained on, 0 to 65535
   * @throws RangeError when the model's sums or exponents do not fit
   */
  constructor(head: ModelHead, batch: number, counts: readonly LayerCounts[], examples: number) {
    checkExponents(head);
    this.head = head;
    this.arena = arenaLayout(head.layout, batch, counts, examples);
    const buffer = new ArrayBuffer(this.arena.bytes);
    this.u8 = new Uint8Array(buffer);
    this.i8 = new Int8Array(buffer);
    this.i16 = new Int16Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.#topk = new Int32Array(buffer, this.arena.counts.offset, TOPK_STATE);
    this.layers = head.layout.layers.map((layer) => this.#places(layer, counts[layer.index]));
  }

  /**
   * Copies the model's parameters into the arena and checks that none passes the bounds on which
   * every int32 sum rests. Yields parameters checked.
   *
   * @throws RangeError naming the layer
   */
  *load(source: ModelSource): Generator<number, void> {
    const { i16, i32 } = this;
    source.readParameters(0, this.u8.subarray(0, this.head.layout.parameterBytes));
    for (const { layer, weightsAt, biasesAt, weightMax } of this.layers) {
      const { inputs, outputs, index } = layer;
      for (let r = 0; r < outputs; r++) {
        const row = weightsAt + r * inputs;
        let most = largestMagnitude(i16, row, 0, inputs);
        if (most > weightMax)
          throw new RangeError(`layer ${index} weight ${most}, expected at most ${weightMax}`);
        most = largestMagnitude(i32, biasesAt, r, r + 1);
        if (most > BIAS_MAX)
          throw new RangeError(`layer ${index} bias ${most}, expected at most ${BIAS_MAX}`);
        yield inputs;
      }
    }
  }

  /** Lists the active weights of every layer by exact top-k; yields the weights scanned. */
  *select(sliceMacs: number): Generator<number, void> {
    for (const places of this.layers) if (places.isSparse) yield* this.#selectLayer(places, sliceMacs);
  }

  /**
   * Runs the examples in the input tensor through every layer; the logits are left in `sums`.
   * Yields multiply-accumulates.
   */
  *forward(lanes: number, sliceMacs: number): Generator<number, void> {
    const { i32, u8 } = this;
    const sumsAt = this.arena.sums.offset >> 2;
    for (const places of this.layers) {
      const { outputs } = places.layer;
      const rowMacs = (places.active * lanes) / outputs;
      const rows = rowsPerSlice(rowMacs, sliceMacs);
      for (let from = 0; from < outputs; from += rows) {
        const to = Math.min(outputs, from + rows);
        this.#forwardRows(places, lanes, from, to);
        yield (to - from) * rowMacs;
      }
      if (places.layer.isLast) return;
      reluForward(u8, places.outputsAt, i32, sumsAt, places.sumShift, ACTIVATION_MAX, 0, outputs * lanes);
    }
  }

  #forwardRows(places: LayerPlaces, lanes: number, from: number, to: number): void {
    const { i32, i16, u16 } = this;
    const sumsAt = this.arena.sums.offset >> 2;
    const { weightsAt, biasesAt, inputs, inputsAt, rowStartsAt, columnsAt } = places;
    const cols = places.layer.inputs;
    if (places.isSparse) {
      // biome-ignore format: arguments in groups
      sparseForward(
        i32, sumsAt, i16, weightsAt, i32, biasesAt, i32, rowStartsAt, u16, columnsAt, inputs, inputsAt,
        cols, lanes, from, to,
      );
    } else {
      denseForward(i32, sumsAt, i16, weightsAt, i32, biasesAt, inputs, inputsAt, cols, lanes, from, to);
    }
  }

  *#selectLayer(places: LayerPlaces, sliceMacs: number): Generator<number, void> {
    const { i16, i32, u16 } = this;
    const topk = this.#topk;
    const { weightsAt, columnsAt, rowStartsAt } = places;
    const { inputs, outputs } = places.layer;
    const rows = rowsPerSlice(inputs, sliceMacs);
    topkBegin(topk, places.active);
    for (let from = 0; from < outputs; from += rows) {
      const to = Math.min(outputs, from + rows);
      topkCountHigh(topk, i16, weightsAt + from * inputs, weightsAt + to * inputs);
      yield (to - from) * inputs;
    }
    topkFindBin(topk);
    for (let from = 0; from < outputs; from += rows) {
      const to = Math.min(outputs, from + rows);
      topkCountLow(topk, i16, weightsAt + from * inputs, weightsAt + to * inputs);
      yield (to - from) * inputs;
    }
    topkFindThreshold(topk);
    const threshold = topk[TOPK_THRESHOLD];
    let ties = topk[TOPK_TIES];
    i32[rowStartsAt] = 0;
    for (let from = 0; from < outputs; from += rows) {
      const to = Math.min(outputs, from + rows);
      // biome-ignore format: arguments in groups
      ties = listActive(
        u16, columnsAt, i32, rowStartsAt, i16, weightsAt, threshold, ties, inputs, from, to,
      );
      yield (to - from) * inputs;
    }
  }

  #places(layer: WeightedLayer, counts: LayerCounts): LayerPlaces {
    const { head, arena } = this;
    const { index } = layer;
    const { columns, rowStarts, activations } = arena.layers[index];
    const before = index === 0 ? undefined : arena.layers[index - 1].activations;
    const isSigned = index === 0 && head.description.input.type === 'int8';
    const { weightExp } = head.exponents[index];
    const biasExp = biasExpOf(head, index);
    return {
      layer,
      isSparse: columns !== undefined,
      active: counts.active,
      keptInputs: counts.keptInputs,
      weightsAt: layer.weights.offset >> 1,
      biasesAt: layer.biases.offset >> 2,
      columnsAt: (columns?.offset ?? 0) >> 1,
      rowStartsAt: (rowStarts?.offset ?? 0) >> 2,
      inputsAt: before?.offset ?? arena.inputs.offset,
      outputsAt: activations?.offset ?? 0,
      inputs: isSigned ? this.i8 : this.u8,
      inputExp: biasExp - weightExp,
      weightExp,
      biasExp,
      sumShift: sumShiftOf(head, index),
      weightMax: weightMaxOf(layer, head.description.input.type === 'int8'),
    };
  }
}

/** Whole rows that fit a slice, at least one. */
export function rowsPerSlice(rowMacs: number, sliceMacs: number): number {
  return Math.max(1, Math.floor(sliceMacs / Math.max(1, rowMacs)));
}
