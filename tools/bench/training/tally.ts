/**
 * How much of a layer its weight steps touched.
 * @module
 */
import type { StepTerms } from '../../../firmware/trainer/weightstep.js';
import type { LayerWork } from './terms.js';

export class Tally {
  readonly #sums: { steps: number; columns: number; rows: number }[] = [];

  add({ network, places, lanes, kept }: StepTerms): void {
    const { index, outputs, output } = places.layer;
    const sum = (this.#sums[index] ??= { steps: 0, columns: 0, rows: 0 });
    const at = network.arena.errors.offset >> 1;
    const length = output.plane * lanes;
    sum.steps++;
    sum.columns += kept;
    for (let r = 0; r < outputs; r++) {
      const row = network.i16.subarray(at + r * length, at + (r + 1) * length);
      if (row.some((error) => error !== 0)) sum.rows++;
    }
  }

  /** Means over the steps. */
  layers(): LayerWork[] {
    return this.#sums.map(({ steps, columns, rows }) => ({ columns: columns / steps, rows: rows / steps }));
  }
}
