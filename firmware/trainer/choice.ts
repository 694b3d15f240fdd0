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

export class WeightChoice {
  readonly #network: Network;
  readonly #topk: Int32Array;
  readonly #thresholds: number[]; // of the last choice, by layer; 0 at first

  constructor(network: Network) {
    this.#network = network;
    this.#topk = new Int32Array(network.i32.buffer, network.arena.counts.offset, TOPK_STATE);
    this.#thresholds = network.layers.map(() => 0);
  }

  /** Lists the active weights of a sparse layer. Yields the work. */
  *select(places: LayerPlaces, pace: Pace): Generator<number, void> {
    const guess = this.#thresholds[places.layer.index];
    if (guess > 0 && (yield* this.#choose(places, topkFloor(guess), pace))) return;
    const threshold = yield* this.#countAll(places, pace);
    yield* this.#choose(places, threshold - 1, pace);
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

  /**
   * Lists the weights above the floor, and of them the active ones.
   * @returns false when the threshold lies too far from the floor; just above it, it never does
   */
  *#choose(places: LayerPlaces, floor: number, pace: Pace): Generator<number, boolean> {
    const { i16, i32, u16, countsAt } = this.#network;
    const { weightsAt, columnsAt, columnsRoom, rowStartsAt, active, layer } = places;
    const { index, inputs, outputs } = layer;
    const rows = pace.elements(inputs * SCAN_MACS);
    let least = floor;
    topkBegin(this.#topk, active);
    i32[rowStartsAt] = 0;
    for (let row = 0; row < outputs; ) {
      const to = Math.min(outputs, row + rows);
      // biome-ignore format: arguments in groups
      const next = listCandidates(
        u16, columnsAt, columnsRoom, i32, rowStartsAt, i32, countsAt, LOW_BINS, i16, weightsAt, floor, least,
        inputs, row, to,
      );
      if (pace.isDue((next - row) * inputs * SCAN_MACS)) yield pace.take();
      if (next < to || next === outputs) {
        if (!(yield* this.#cut(places, floor, next, rows, pace))) return false;
        least = this.#thresholds[index];
      }
      row = next;
    }
    return true;
  }

  /**
   * Cuts the list of rows 0 to end - 1 to so many weights as are active.
   * @param floor bins begin there
   * @param rows  at once
   * @returns false, and nothing is cut, when the threshold lies in no bin
   */
  *#cut(
    places: LayerPlaces,
    floor: number,
    end: number,
    rows: number,
    pace: Pace,
  ): Generator<number, boolean> {
    const { i16, i32, u16 } = this.#network;
    const { weightsAt, columnsAt, rowStartsAt, active, layer } = places;
    const { index, inputs } = layer;
    const topk = this.#topk;
    topk[TOPK_TIES] = active;
    if (!topkFindFrom(topk, floor)) return false;
    const threshold = topk[TOPK_THRESHOLD];
    this.#thresholds[index] = threshold;
    let ties = topk[TOPK_TIES];
    let first = 0;
    for (let from = 0; from < end; from += rows) {
      const to = Math.min(end, from + rows);
      const next = i32[rowStartsAt + to];
      // biome-ignore format: arguments in groups
      ties = cutCandidates(
        u16, columnsAt, i32, rowStartsAt, i16, weightsAt, first, threshold, ties, inputs, from, to,
      );
      if (pace.isDue((next - first) * SCAN_MACS)) yield pace.take();
      first = next;
    }
    return true;
  }
}
