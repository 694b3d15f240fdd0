/**
 * From a density to counts per layer.
 * @module
 */
import type { ModelLayout } from './layout.js';

/** How a total density is spread over the layers. */
export type DensityChoice =
  /** the same density in every layer */
  | 'uniform'
  /** Erdős–Rényi kernel: density ∝ (fanIn + fanOut) / (fanIn · fanOut), so small layers are denser */
  | 'erk';

/**
 * Weights to keep in each layer, at least 1.
 *
 * ERK: Evci et al. 2020 (RigL), section 3; a layer whose density would pass 1 stays dense and the
 * others share the rest, so that the total stays `density` of all weights.
 *
 * @param density above 0, to 1
 */
export function keptWeights(layout: ModelLayout, density: number, choice: DensityChoice): number[] {
  const sizes = layout.layers.map((layer) => layer.weights.length);
  if (choice === 'uniform') return sizes.map((size) => keptOf(size, density));
  const score = layout.layers.map((layer) => layer.inputs + layer.outputs); // raw density · size
  const full = sizes.map(() => false);
  for (;;) {
    let budget = density * layout.weightCount;
    let scores = 0;
    sizes.forEach((size, i) => {
      if (full[i]) budget -= size;
      else scores += score[i];
    });
    const scale = budget / scores;
    const over = sizes.findIndex((size, i) => !full[i] && score[i] * scale > size);
    if (over < 0) return sizes.map((size, i) => (full[i] ? size : keptOf(score[i] * scale, 1, size)));
    full[over] = true;
  }
}

/** ceil(density · count), from 1 to count; the small slack keeps 0.05 · 20 at 1 in spite of floats. */
export function keptOf(count: number, density: number, most: number = count): number {
  return Math.max(1, Math.min(most, Math.ceil(count * density - 1e-9)));
}
