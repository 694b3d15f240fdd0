/**
 * How far the weights of a layer are at least from the limit at which they are clipped. A step that cannot be as large
 * need not look, which saves a tenth of it in C and more at batch 1. The room is measured where active weights are
 * chosen, since the largest is among them, and every step takes from it what a weight can move at most. It changes no
 * bit.
 * @module
 */
import { largestActive } from '../kernels/sparse.js';
import type { TrainingBatch } from './batch.js';
import type { Network } from './network.js';
import type { LayerPlaces } from './places.js';

/** ERROR_MAX · ACTIVATION_MAX is below 2^this: with shifts alone, since XS makes a double of a large product. */
const PRODUCT_BITS = 18;

/** Measures rows from to to - 1 of a dense layer, after a choice by magnitude. Rows come in order. */
export function measureRoom(network: Network, places: LayerPlaces, from: number, to: number): void {
  const rooms = network.rooms;
  const index = places.layer.index;
  // biome-ignore format: arguments in groups
  const most = largestActive(
    network.i16, places.weightsAt, network.i32, places.rowStartsAt, network.u16, places.columnsAt,
    places.layer.inputs, from, to,
  );
  const room = places.weightMax - most;
  if (from === 0 || room < rooms[index]) rooms[index] = room;
}

/**
 * Takes the largest step that the batch's rate allows from the room of a layer.
 * @returns 0 if it can clip no weight, else 1
 */
export function takeRoom(batch: TrainingBatch, index: number): number {
  const rooms = batch.network.rooms;
  const room = rooms[index];
  if (room <= 0) return 1;
  const left = room - (((batch.lanes * batch.mantissa) << PRODUCT_BITS) >> batch.shift) - 1; // 1 for the noise
  rooms[index] = left;
  return left < 0 ? 1 : 0;
}
