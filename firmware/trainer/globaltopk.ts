/**
 * The largest weights of a whole model: a layer may have none of them (SparsyFed, Guastella et al. 2025).
 * @module
 */
import { topkCountHigh, topkCountLow } from '../../shared/masks/count.js';
import type { Pace } from '../../shared/masks/pace.js';
import { topkTake } from '../../shared/masks/take.js';
import { SCAN_MACS, topkBegin, topkFindBin, topkFindThreshold } from '../../shared/masks/topk.js';
import type { LayerCounts } from '../../shared/model/method.js';
import { coarseMagnitudes } from '../kernels/coarse.js';
import type { Network } from './network.js';
import { BLOCK, type Scratch } from './scratch.js';

/**
 * The largest weights by their real values: as many as the layers' counts add up to; of equals those of lower
 * layers, then of lower places. Finer weights are compared in the unit of the coarsest layer. Yields work.
 * @returns places by layer, ascending
 */
export function* globalPositions(
  { layers, i16, i32 }: Network,
  { choice, blockAt }: Scratch,
  counts: readonly LayerCounts[],
  pace: Pace,
): Generator<number, Uint32Array[]> {
  const topk = choice.state;
  const total = counts.reduce((sum, { sent }) => sum + sent, 0);
  const coarsest = Math.max(...layers.map(({ weightExp }) => weightExp));
  const positions = new Uint32Array(total);
  const size = Math.min(BLOCK, pace.elements(SCAN_MACS));
  const ends: number[] = [];
  let taken = 0;
  topkBegin(topk, total);
  for (let pass = 1; pass <= 3; pass++) {
    for (const { layer, weightsAt, weightExp } of layers) {
      const { length } = layer.weights;
      for (let from = 0; from < length; from += size) {
        const n = Math.min(size, length - from);
        coarseMagnitudes(i32, blockAt, i16, weightsAt + from, coarsest - weightExp, n);
        if (pass === 1) topkCountHigh(topk, i32, blockAt, blockAt + n);
        else if (pass === 2) topkCountLow(topk, i32, blockAt, blockAt + n);
        else taken += topkTake(positions, taken, total - taken, topk, i32, blockAt, blockAt + n, from);
        if (pace.isDue(n * SCAN_MACS)) yield pace.take();
      }
      if (pass === 3) ends.push(taken);
    }
    if (pass === 1) topkFindBin(topk);
    else if (pass === 2) topkFindThreshold(topk);
  }
  return ends.map((end, index) => positions.subarray(index === 0 ? 0 : ends[index - 1], end));
}
