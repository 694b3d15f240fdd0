/**
 * Which weights of a layer are active: the largest, by exact top-k, ties to the lower index. The threshold of the last
 * choice is a guess for the next one, which then takes one pass over the weights (kernels/candidate.ts); it changes
 * no choice.
 * @module
 */
import {
  LOW_BINS,
  TOPK_STATE,
  TOPK_THRESHOLD,
  TOPK_TIES,
  topkCountHigh,
  topkCountLow,
} from '../../shared/masks/count.js';
import type { Pace } from '../../shared/masks/pace.js';
import {
  SCAN_MACS,
  topkBegin,
  topkFindBin,
  topkFindFrom,
  topkFindThreshold,
  topkFloor,
} from '../../shared/masks/topk.js';
import { cutCandidates, listCandidates } from '../kernels/candidate.js';
import type { Network } from './network.js';
import type { LayerPlaces } from './places.js';
import { measureRoom } from './room.js';

/** A floor that is yet to be found. */
const UNKNOWN = -2;

export class WeightChoice {
  readonly #network: Network;
  readonly #hasRooms: boolean;
  readonly #topk: Int32Array;
  readonly #thresholds: number[]; // of the last choice, by layer; 0 at first

  /** @param hasRooms whether a layer's room is measured, see room.ts: its weights are no powers of other numbers */
  constructor(network: Network, hasRooms: boolean) {
    this.#network = network;
    this.#hasRooms = hasRooms;
    this.#topk = new Int32Array(network.i32.buffer, network.arena.counts.offset, TOPK_STATE);
    this.#thresholds = network.layers.map(() => 0);
  }

  /**
   * Lists the active weights of every sparse layer, and measures what room they leave. Yields the work. It is one
   * generator, since on XS another costs more than a call of a kernel.
   */
  *select(pace: Pace): Generator<number, void> {
    const { layers, i32 } = this.#network;
    for (let index = 0; index < layers.length; index++) {
      const places = layers[index];
      if (!places.isSparse) continue;
      const { inputs, outputs, window } = places.layer;
      const rowMacs = inputs * SCAN_MACS;
      const rows = pace.elements(rowMacs);
      const guess = this.#thresholds[index];
      let floor = guess > 0 ? topkFloor(guess) : UNKNOWN;
      let least = floor; // candidates are above it
      let row = 0;
      while (row < outputs) {
        if (floor === UNKNOWN) floor = (yield* this.#countAll(places, pace)) - 1;
        if (row === 0) {
          least = floor;
          topkBegin(this.#topk, places.active);
          i32[places.rowStartsAt] = 0;
        }
        const to = Math.min(outputs, row + rows);
        const next = this.#list(places, floor, least, row, to);
        if (pace.isDue((next - row) * rowMacs)) yield pace.take();
        row = next;
        if (row === to && row < outputs) continue;
        // the list is complete, or full
        if (!this.#findThreshold(places, floor)) {
          floor = UNKNOWN; // just below the threshold this does not happen again
          row = 0;
          continue;
        }
        least = this.#thresholds[index];
        for (let from = 0, first = 0; from < row; from += rows) {
          const end = Math.min(row, from + rows);
          const listed = i32[places.rowStartsAt + end];
          this.#cut(places, first, from, end);
          if (pace.isDue((listed - first) * SCAN_MACS)) yield pace.take();
          first = listed;
        }
      }
      if (!this.#hasRooms || window !== undefined) continue;
      const activeMacs = Math.ceil(places.active / outputs) * SCAN_MACS;
      const piece = pace.elements(activeMacs);
      for (let from = 0; from < outputs; from += piece) {
        const to = Math.min(outputs, from + piece);
        measureRoom(this.#network, places, from, to);
        if (pace.isDue((to - from) * activeMacs)) yield pace.take();
      }
    }
  }

  /** @returns the threshold, by counting all weights */
  *#countAll({ layer, weightsAt, active }: LayerPlaces, pace: Pace): Generator<number, number> {
    const { i16 } = this.#network;
    const topk = this.#topk;
    const end = weightsAt + layer.weights.length;
    const piece = pace.elements(SCAN_MACS);
    topkBegin(topk, active);
    for (let from = weightsAt; from < end; from += piece) {
      const to = Math.min(end, from + piece);
      topkCountHigh(topk, i16, from, to);
      if (pace.isDue((to - from) * SCAN_MACS)) yield pace.take();
    }
    topkFindBin(topk);
    for (let from = weightsAt; from < end; from += piece) {
      const to = Math.min(end, from + piece);
      topkCountLow(topk, i16, from, to);
      if (pace.isDue((to - from) * SCAN_MACS)) yield pace.take();
    }
    topkFindThreshold(topk);
    return topk[TOPK_THRESHOLD];
  }

  /** Lists and counts the weights above `least`; bins begin at the floor. @returns the row that might not fit, or `to` */
  #list(places: LayerPlaces, floor: number, least: number, from: number, to: number): number {
    const network = this.#network;
    const i32 = network.i32;
    // biome-ignore format: arguments in groups
    return listCandidates(
      network.u16, places.columnsAt, places.columnsRoom, i32, places.rowStartsAt, i32, network.countsAt, LOW_BINS,
      network.i16, places.weightsAt, floor, least, places.layer.inputs, from, to,
    );
  }

  /** From the counts. @returns false when the threshold lies in no bin */
  #findThreshold({ layer, active }: LayerPlaces, floor: number): boolean {
    const topk = this.#topk;
    topk[TOPK_TIES] = active;
    if (!topkFindFrom(topk, floor)) return false;
    this.#thresholds[layer.index] = topk[TOPK_THRESHOLD];
    return true;
  }

  /** Cuts the list of some rows to so many weights as are active. @param first where it begins */
  #cut(places: LayerPlaces, first: number, from: number, to: number): void {
    const network = this.#network;
    const topk = this.#topk;
    // biome-ignore format: arguments in groups
    topk[TOPK_TIES] = cutCandidates(
      network.u16, places.columnsAt, network.i32, places.rowStartsAt, network.i16, places.weightsAt, first,
      topk[TOPK_THRESHOLD], topk[TOPK_TIES], places.layer.inputs, from, to,
    );
  }
}
