/**
 * Pooling in real numbers, for one example: the largest value of a window, ties to the first, or the mean.
 * @module
 */
import type { PoolLayer } from '../../../shared/model/layout.js';
import { type Geometry, windowGeometry } from './layer.js';

export interface TwinPool extends Geometry {
  readonly pool: PoolLayer;
}

export function twinPool(pool: PoolLayer): TwinPool {
  return { pool, ...windowGeometry(pool.window, 1, pool.input, pool.output) };
}

/** @param out [stored output] its values overwritten, its border left */
export function poolForward(out: Float64Array, { pool, ...table }: TwinPool, input: Float64Array): void {
  const { offsets, bases, places } = table;
  for (let channel = 0; channel < pool.output.channels; channel++) {
    for (let p = 0; p < bases.length; p++) {
      const base = channel * pool.input.plane + bases[p];
      const to = channel * pool.output.plane + places[p];
      if (pool.isMax) out[to] = input[base + offsets[largestOf(input, base, offsets)]];
      else {
        let sum = 0;
        for (let t = 0; t < offsets.length; t++) sum += input[base + offsets[t]];
        out[to] = sum / offsets.length;
      }
    }
  }
}

/** @param dInput [stored input] overwritten */
export function poolGradient(
  dInput: Float64Array,
  { pool, offsets, bases, places }: TwinPool,
  errors: Float64Array,
  input: Float64Array,
): void {
  dInput.fill(0);
  for (let channel = 0; channel < pool.output.channels; channel++) {
    for (let p = 0; p < bases.length; p++) {
      const base = channel * pool.input.plane + bases[p];
      const error = errors[channel * pool.output.plane + places[p]];
      if (error === 0) continue;
      if (pool.isMax) dInput[base + offsets[largestOf(input, base, offsets)]] += error;
      else {
        const share = error / offsets.length;
        for (let t = 0; t < offsets.length; t++) dInput[base + offsets[t]] += share;
      }
    }
  }
}

/** Which of a window's values is its largest, the first of equals. */
function largestOf(input: Float64Array, base: number, offsets: Int32Array): number {
  let best = 0;
  for (let t = 1; t < offsets.length; t++) {
    if (input[base + offsets[t]] > input[base + offsets[best]]) best = t;
  }
  return best;
}
