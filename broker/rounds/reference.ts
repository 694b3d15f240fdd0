/**
 * The base model's own largest weights, against which updates code their positions. Computed once
 * per round and layer, and only for layers that somebody sends sparse.
 * @module
 */
import { selectTopk, TOPK_STATE } from '../../shared/masks/topk.js';
import type { LayerCounts } from '../../shared/model/method.js';
import type { Model } from '../../shared/model/model.js';
import type { Reference } from '../../shared/protocol/update.js';

/** @param layers the plan's counts */
export function referenceOf(model: Model, layers: readonly LayerCounts[]): Reference {
  const known: (Uint32Array | undefined)[] = [];
  return (index) => {
    known[index] ??= largest(model, index, layers[index].active);
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
