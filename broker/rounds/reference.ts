/**
 * The positions of a layer that both sides know, against which updates code theirs. Computed once
 * per round and layer, and only for layers that somebody sends sparse.
 * @module
 */
import { TOPK_STATE } from '../../shared/masks/count.js';
import { Pace } from '../../shared/masks/pace.js';
import { selectTopk } from '../../shared/masks/topk.js';
import { finish } from '../../shared/masks/work.js';
import { type MaskTerms, maskOf } from '../../shared/model/mask.js';
import { type Model, sourceOf } from '../../shared/model/model.js';
import type { Plan } from '../../shared/protocol/plan.js';
import type { Reference } from '../../shared/protocol/update.js';

/** Of a plan's round: the base's own largest weights, or the round's mask. */
export function referenceOf(model: Model, plan: MaskTerms & Pick<Plan, 'method'>): Reference {
  const known: (Uint32Array | undefined)[] = [];
  return (index) => {
    const { active } = plan.layers[index];
    if (active === model.head.layout.layers[index].weights.length) return undefined;
    known[index] ??=
      plan.method.uplink === 'mask'
        ? finish(maskOf(sourceOf(model), index, plan, new Pace(Number.POSITIVE_INFINITY)))
        : largest(model, index, active);
    return known[index];
  };
}

/** Ascending. */
function largest({ head, parameters }: Model, index: number, count: number): Uint32Array {
  const { offset, length } = head.layout.layers[index].weights;
  const positions = new Uint32Array(count);
  const weights = new Int16Array(parameters, offset, length);
  selectTopk(positions, new Int32Array(TOPK_STATE), weights, 0, length, count);
  return positions;
}
