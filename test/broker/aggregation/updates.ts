/**
 * Random updates for the tests of aggregation: any places and values, some at the ends of their ranges.
 */
import type { Random } from '../../../shared/fixed/random.js';
import type { LayerDelta } from '../../../shared/model/delta.js';
import type { TrainingMethod } from '../../../shared/model/method.js';
import type { Model } from '../../../shared/model/model.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import { planTraining } from '../../../shared/model/training.js';
import { MAX_EXAMPLE_WEIGHT, type Update } from '../../../shared/protocol/update.js';

export function methodWith({ head }: Model, changes: Partial<TrainingMethod>): TrainingMethod {
  return { ...planTraining(recipeOf('dense', 1), head.layout, 1).method, ...changes };
}

export function randomUpdate(random: Random, { head }: Model, device = 'board'): Update {
  const isExtreme = random.below(3) === 0;
  const value = () => (isExtreme ? (random.below(2) === 0 ? 32767 : -32768) : random.below(2001) - 1000);
  const isDense = random.below(4) === 0;
  const layers = head.layout.layers.map(({ outputs, weights }): LayerDelta => {
    const share = 1 + random.below(3); // of 4
    const places = Array.from({ length: weights.length }, (_, i) => i).filter(() => random.below(4) < share);
    return {
      positions: isDense ? 'all' : Uint32Array.from(places),
      values: Int16Array.from({ length: isDense ? weights.length : places.length }, value),
      shift: random.below(3),
      biases: Int16Array.from({ length: outputs }, value),
      biasShift: random.below(9),
    };
  });
  return {
    ...{ device, round: 1, attempt: 1, baseHash: '0000000000000000', loss: 0 },
    ...{ heldBack: 0, correct: 0, macs: 0, valueBits: 16 },
    examples: random.below(4) === 0 ? MAX_EXAMPLE_WEIGHT : 1 + random.below(200),
    layers,
  };
}
