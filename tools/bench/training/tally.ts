/**
 * How much of a layer its weight steps touched.
 * @module
 */
import type { LayerPlaces } from '../../../firmware/trainer/places.js';
import type { HookedBatch } from './full.js';
import type { LayerWork } from './terms.js';

export class Tally {
  readonly #sums: { steps: number; columns: number; rows: number }[] = [];

  add({ network, lanes, kept }: HookedBatch, places: LayerPlaces): void {
    const { index, outputs, output } = places.layer;
    const sum = (this.#sums[index] ??= { steps: 0, columns: 0, rows: 0 });
    const length = output.plane * lanes;
    sum.steps++;
    sum.columns += kept;
    for (let r = 0; r < outputs; r++) {
      const row = network.i16.subarray(network.errorsAt + r * length, network.errorsAt + (r + 1) * length);
      if (row.some((error) => error !== 0)) sum.rows++;
    }
  }

  /** Means over the steps. */
  layers(): LayerWork[] {
    return this.#sums.map(({ steps, columns, rows }) => ({ columns: columns / steps, rows: rows / steps }));
  }
}
