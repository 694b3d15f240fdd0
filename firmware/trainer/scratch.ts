/**
 * Working memory of an update, block by block. It lies where training had its noise, which is over by then: an update
 * needs no memory of its own beside what it sends.
 * @module
 */
import { NOISE_LENGTH } from '../../shared/fixed/noise.js';
import { TOPK_STATE } from '../../shared/masks/count.js';
import type { ModelSource } from '../../shared/model/model.js';
import type { ChoiceMemory } from '../../shared/model/reference.js';
import { biasDifferences, weightDifferences } from '../kernels/difference.js';
import { WIDTHS } from '../kernels/width.js';
import type { Network } from './network.js';
import type { LayerPlaces } from './places.js';

/** Numbers of a block at most. */
export const BLOCK = NOISE_LENGTH / 2;

export class Scratch {
  readonly blockAt: number; // int32 [BLOCK] in i32
  readonly baseAt: number; // int16 [BLOCK] in i16
  readonly widthsAt: number; // int32 [WIDTHS] in i32
  readonly choice: ChoiceMemory; // of weights, where the block lies
  readonly #network: Network;
  readonly #base: ModelSource;
  readonly #bytesAt: number; // of the base, in u8
  #bytes: Uint8Array; // the last that were read

  constructor(network: Network, base: ModelSource) {
    const { noise, counts } = network.arena;
    this.#network = network;
    this.#base = base;
    this.blockAt = noise.offset >> 2;
    this.#bytesAt = noise.offset + 4 * BLOCK;
    this.baseAt = this.#bytesAt >> 1;
    this.widthsAt = (this.#bytesAt + 2 * BLOCK) >> 2;
    const { buffer } = network.i32;
    const state = new Int32Array(buffer, counts.offset, TOPK_STATE);
    this.choice = { state, block: new Int16Array(buffer, noise.offset, 2 * BLOCK) };
    this.#bytes = network.u8.subarray(this.#bytesAt, this.#bytesAt);
  }

  clearWidths(): void {
    this.#network.i32.fill(0, this.widthsAt, this.widthsAt + WIDTHS);
  }

  /** Weights [from, from + n) of the base, to `baseAt`. @param n 1 to BLOCK */
  readBase({ layer }: LayerPlaces, from: number, n: number): void {
    this.#read(layer.weights.offset + 2 * from, 2 * n);
  }

  /** Differences of weights [from, from + n) to the base's, into the block. @param n 1 to BLOCK */
  weightDifferences(places: LayerPlaces, from: number, n: number): void {
    const { i32, i16 } = this.#network;
    this.readBase(places, from, n);
    weightDifferences(i32, this.blockAt, i16, places.weightsAt + from, i16, this.baseAt, n);
  }

  /** Differences of biases [from, from + n) to the base's, into the block. @param n 1 to BLOCK / 2 */
  biasDifferences({ layer, biasesAt }: LayerPlaces, from: number, n: number): void {
    const { i32 } = this.#network;
    this.#read(layer.biases.offset + 4 * from, 4 * n);
    biasDifferences(i32, this.blockAt, i32, biasesAt + from, i32, this.#bytesAt >> 2, n);
  }

  #read(offset: number, length: number): void {
    // a view costs a board more than reading a block
    if (this.#bytes.length !== length) {
      this.#bytes = this.#network.u8.subarray(this.#bytesAt, this.#bytesAt + length);
    }
    this.#base.readParameters(offset, this.#bytes);
  }
}
