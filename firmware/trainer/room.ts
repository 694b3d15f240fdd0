/**
 * How far the weights of a layer are at least from the limit at which they are clipped. A step that cannot be as large
 * need not look, which saves a tenth of it in C and more at batch 1. The room is measured where active weights are
 * chosen, since the largest is among them, and every step takes from it what a weight can move at most. It changes no
 * bit.
 * @module
 */
import { PLAIN } from '../../shared/fixed/power.js';
import { ACTIVATION_MAX, ERROR_MAX } from '../../shared/fixed/saturation.js';
import type { Pace } from '../../shared/masks/pace.js';
import { SCAN_MACS } from '../../shared/masks/topk.js';
import { largestActive } from '../kernels/sparse.js';
import type { TrainingBatch } from './batch.js';
import { isChosen } from './kept.js';

/** After a choice of weights by magnitude: measures the layers whose step can do without looking. Yields the work. */
export function* measureRooms(batch: TrainingBatch, pace: Pace): Generator<number, void> {
  const { network, method, rooms } = batch;
  if (method.power !== PLAIN) return; // other numbers carry these weights along
  const { i16, i32, u16 } = network;
  for (const places of network.layers) {
    const { layer, isSparse, active, weightsAt, rowStartsAt, columnsAt, weightMax } = places;
    if (!isSparse || layer.window !== undefined || !isChosen(method, places)) continue;
    const { index, inputs, outputs } = layer;
    const rowMacs = Math.ceil(active / outputs) * SCAN_MACS;
    const piece = pace.elements(rowMacs);
    let most = 0;
    for (let from = 0; from < outputs; from += piece) {
      const to = Math.min(outputs, from + piece);
      most = Math.max(
        most,
        largestActive(i16, weightsAt, i32, rowStartsAt, u16, columnsAt, inputs, from, to),
      );
      if (pace.isDue((to - from) * rowMacs)) yield pace.take();
    }
    rooms[index] = weightMax - most;
  }
}

/**
 * Takes the largest step that the batch's rate allows from the room of a layer.
 * @returns 0 if it can clip no weight, else 1
 */
export function takeRoom({ rooms, lanes, mantissa, shift }: TrainingBatch, index: number): number {
  const step = ((lanes * ERROR_MAX * ACTIVATION_MAX * mantissa) >> shift) + 1; // 1 for the noise
  const left = rooms[index] - step;
  rooms[index] = left > 0 ? left : 0;
  return left < 0 ? 1 : 0;
}
