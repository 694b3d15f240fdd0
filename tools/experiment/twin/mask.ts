/**
 * The round's mask over real weights: the places that shared/model/mask.ts would take, drawn from the
 * same seed.
 * @module
 */
import { Pace } from '../../../shared/masks/pace.js';
import { GROWTH_BITS, type MaskTerms, maskOf } from '../../../shared/model/mask.js';
import { sourceOf } from '../../../shared/model/model.js';
import { nonzeroModel, type RealModel } from './model.js';
import { largestPlaces } from './select.js';

/** The mask of each layer, ascending; undefined where every weight is in use. */
export function masksOf(model: RealModel, terms: MaskTerms): (Uint32Array | undefined)[] {
  const marked = nonzeroModel(model);
  return model.head.layout.layers.map(({ index, weights }) => {
    const { active } = terms.layers[index];
    if (active === weights.length) return undefined;
    const grown = Math.floor((active * terms.method.growth) / 2 ** GROWTH_BITS);
    // 1 at the largest and 0 elsewhere: of such a model the integer rule takes just these
    const ones = new Int16Array(marked.parameters, weights.offset, weights.length).fill(0);
    for (const place of largestPlaces(model.layers[index].weights, active - grown)) ones[place] = 1;
    const run = maskOf(sourceOf(marked), index, terms, new Pace(Number.POSITIVE_INFINITY));
    let step = run.next();
    while (!step.done) step = run.next();
    return step.value;
  });
}
