/**
 * A model in the arena, ready to run: views, places and active weights. Training and evaluation share it. What
 * runs on it are the stages of forward.ts and backward.ts.
 * @module
 */

import { PLAIN, type Power, powerTable } from '../../shared/fixed/power.js';
import type { Pace } from '../../shared/masks/pace.js';
import { type ArenaLayout, arenaLayout } from '../../shared/model/arena.js';
import { BIAS_MAX } from '../../shared/model/bounds.js';
import { checkExponents } from '../../shared/model/exponents.js';
import { channelsRead } from '../../shared/model/layout.js';
import type { LayerCounts } from '../../shared/model/method.js';
import type { ModelHead, ModelSource } from '../../shared/model/model.js';
import { fillPlaces, hasBorder, storedOf, type Volume, valuesOf } from '../../shared/model/volume.js';
import { largestMagnitude } from '../kernels/activation.js';
import { clearValues } from '../kernels/clear.js';
import { interleaveRows } from '../kernels/interleave.js';
import { adoptPlaces, listPlaces } from '../kernels/places.js';
import { CARRY_MACS, raiseWeights } from '../kernels/power.js';
import { WeightChoice } from './choice.js';
import { type LayerPlaces, layerPlaces } from './places.js';

export class Network {
  readonly head: ModelHead;
  readonly arena: ArenaLayout;
  readonly layers: readonly LayerPlaces[];
  readonly rooms: number[]; // by layer, see room.ts: 0 or less = unknown
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly i16: Int16Array;
  readonly u16: Uint16Array;
  readonly i32: Int32Array;
  readonly sumsAt: number; // in i32
  readonly errorsAt: number; // in i16
  readonly noiseAt: number; // in i32
  readonly countsAt: number; // in i32
  readonly keptAt: number; // in u16
  readonly marksAt: number; // in u8
  readonly orderAt: number; // in u16
  readonly #power: Power;
  readonly #choice: WeightChoice;
  readonly #rows: Rows; // how an example lies in the input volume
  #examplesAt = 0; // in u8: its first value, of lane 0
  #lanes = 0; // of the batch that the volumes were last laid out for

  /**
   * @param batch    most examples at once, 1 to 16
   * @param counts   one per layer
   * @param examples that will be trained on, 0 to 65535
   * @param power    of the weights; call `raise` after `load`
   * @throws RangeError when the model's sums or exponents do not fit
   */
  constructor(
    head: ModelHead,
    batch: number,
    counts: readonly LayerCounts[],
    examples: number,
    power: Power = PLAIN,
  ) {
    checkExponents(head);
    this.head = head;
    this.arena = arenaLayout(head.layout, batch, counts, examples, power);
    this.#power = power;
    const buffer = new ArrayBuffer(this.arena.bytes);
    this.u8 = new Uint8Array(buffer);
    this.i8 = new Int8Array(buffer);
    this.i16 = new Int16Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i32 = new Int32Array(buffer);
    const { sums, errors, noise, counts: scratch, kept, marks, order } = this.arena;
    this.sumsAt = sums.offset >> 2;
    this.errorsAt = errors.offset >> 1;
    this.noiseAt = noise.offset >> 2;
    this.countsAt = scratch.offset >> 2;
    this.keptAt = kept.offset >> 1;
    this.marksAt = marks.offset;
    this.orderAt = order.offset >> 1;
    this.#rows = rowsOf(head.layout.layers[0].input);
    this.layers = layerPlaces(this, head, this.arena, counts);
    this.rooms = this.layers.map(() => 0);
    this.#choice = new WeightChoice(this, power === PLAIN);
    for (const { layer, tableAt, pools } of this.layers) {
      const { window, input, output } = layer;
      if (window) fillPlaces(this.u16, tableAt, window, channelsRead(layer), input, output);
      for (const { pool, tableAt: at } of pools) {
        fillPlaces(this.u16, at, pool.window, 1, pool.input, pool.output);
      }
    }
  }

  /**
   * Copies the model's parameters into the arena and checks that none passes the bounds on which
   * every int32 sum rests. Yields parameters checked.
   *
   * @throws RangeError naming the layer
   */
  *load(source: ModelSource, pace: Pace): Generator<number, void> {
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
        if (pace.isDue(inputs)) yield pace.take();
      }
    }
  }

  /** Turns the numbers that the model holds into the weights to run with; keeps them, where one trains. */
  *raise(pace: Pace): Generator<number, void> {
    if (this.#power === PLAIN) return;
    const { i16, arena } = this;
    const { roots, fall } = powerTable(this.#power);
    for (const { layer, weightsAt, numbersAt, weightExp, weightMax } of this.layers) {
      const { length } = layer.weights;
      const isKept = arena.layers[layer.index].numbers !== undefined;
      if (isKept) i16.copyWithin(numbersAt, weightsAt, weightsAt + length);
      const piece = pace.elements(CARRY_MACS);
      for (let from = 0; from < length; from += piece) {
        const to = Math.min(length, from + piece);
        raiseWeights(i16, weightsAt + from, roots, fall, weightExp, weightMax, to - from);
        if (pace.isDue((to - from) * CARRY_MACS)) yield pace.take();
      }
    }
  }

  /** The numbers of a network that trains, back in the place of its weights. */
  restore(): void {
    if (this.#power === PLAIN) return;
    for (const { layer, weightsAt, numbersAt } of this.layers) {
      this.i16.copyWithin(weightsAt, numbersAt, numbersAt + layer.weights.length);
    }
  }

  /** Lists the active weights of every layer by exact top-k, and measures what room these leave. Yields the work. */
  select(pace: Pace): Generator<number, void> {
    return this.#choice.select(pace);
  }

  /**
   * Makes the weights of a mask the active ones of a layer.
   * @param mask ascending places, as many as the layer's active weights
   */
  adopt({ columnsAt, rowStartsAt, layer }: LayerPlaces, mask: Uint32Array): void {
    const { i32, u16 } = this;
    const { inputs, outputs } = layer;
    this.rooms[layer.index] = 0; // others may be larger
    adoptPlaces(u16, columnsAt, i32, rowStartsAt, mask, mask.length, inputs, outputs);
  }

  /** The places of a layer's active weights, ascending. */
  activePlaces({ columnsAt, rowStartsAt, layer, active }: LayerPlaces): Uint32Array {
    const { i32, u16 } = this;
    const places = new Uint32Array(active);
    listPlaces(places, u16, columnsAt, i32, rowStartsAt, layer.inputs, layer.outputs);
    return places;
  }

  /**
   * Lays out the next batch: call it before the first `setExample`. Places move with the number of
   * lanes, so borders that no kernel writes are cleared when that changes.
   */
  setLanes(lanes: number): void {
    if (lanes === this.#lanes) return;
    this.#lanes = lanes;
    const { u8, arena } = this;
    this.#examplesAt = arena.inputs.offset + this.#rows.first * lanes;
    const clear = (volume: Volume, at: number) => {
      if (hasBorder(volume)) clearValues(u8, at, storedOf(volume) * lanes);
    };
    clear(this.layers[0].layer.input, arena.inputs.offset);
    for (const { pools } of this.layers)
      for (const { pool, outputsAt } of pools) clear(pool.output, outputsAt);
  }

  /** Puts the features of one example into its lane of the input volume. */
  setExample(example: Uint8Array, lane: number): void {
    const to = this.#rows;
    // biome-ignore format: arguments in groups
    interleaveRows(
      this.u8, this.#examplesAt, example, 0, to.rows, to.height, to.width, to.pitch, to.plane, this.#lanes, lane,
    );
  }
}

/** Rows of an example, and where they lie in a volume: one row if they lie together. */
interface Rows {
  readonly rows: number;
  readonly height: number; // of a channel
  readonly width: number;
  readonly pitch: number;
  readonly plane: number;
  readonly first: number;
}

function rowsOf(input: Volume): Rows {
  const { channels, height, width, pitch, plane, first } = input;
  if (hasBorder(input)) return { rows: channels * height, height, width, pitch, plane, first };
  const n = valuesOf(input);
  return { rows: 1, height: 1, width: n, pitch: n, plane: n, first };
}
