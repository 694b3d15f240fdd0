/**
 * What the server makes of a merged change in real numbers; broker/aggregation/optimizer.ts has the formulas
 * and their sources.
 * @module
 */
import { MOMENTUM_BITS, SERVER_RATE_BITS, type ServerOptimizer } from '../../../shared/model/method.js';
import type { RealChange } from './merge.js';
import type { RealModel } from './model.js';

/** First and second moments of one tensor; used as far as the optimizer needs them. */
interface Moments {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** By layer: of the weights, then of the biases. */
export type RealState = readonly (readonly [Moments, Moments])[];

/** As the integer optimizer has them. */
const SECOND_MOMENTUM = 1014 / 1024;
const TAU = 262 / 2 ** 18;

export function freshState({ layers }: RealModel): RealState {
  const moments = ({ length }: Float64Array): Moments => ({
    first: new Float64Array(length),
    second: new Float64Array(length).fill(TAU * TAU),
  });
  return layers.map(({ weights, biases }) => [moments(weights), moments(biases)]);
}

/** The next model; the base stays as it is. @param state updated */
export function nextModel(
  base: RealModel,
  changes: readonly RealChange[],
  optimizer: ServerOptimizer,
  state: RealState,
): RealModel {
  const layers = base.layers.map(({ weights, biases }, index) => {
    const [ofWeights, ofBiases] = state[index];
    const next = { weights: weights.slice(), biases: biases.slice() };
    stepTensor(next.weights, changes[index].weights, ofWeights, optimizer);
    stepTensor(next.biases, changes[index].biases, ofBiases, optimizer);
    return next;
  });
  return { head: base.head, layers };
}

function stepTensor(
  values: Float64Array,
  changes: Float64Array,
  { first, second }: Moments,
  { kind, rate, momentum }: ServerOptimizer,
): void {
  const serverRate = rate / 2 ** SERVER_RATE_BITS;
  const decay = kind === 'none' ? 0 : momentum / 2 ** MOMENTUM_BITS;
  const fresh = kind === 'adam' ? 1 - decay : 1;
  for (let i = 0; i < values.length; i++) {
    const change = changes[i];
    first[i] = decay * first[i] + fresh * change;
    second[i] = SECOND_MOMENTUM * second[i] + (1 - SECOND_MOMENTUM) * change * change;
    values[i] += (serverRate * first[i]) / (kind === 'adam' ? Math.sqrt(second[i]) + TAU : 1);
  }
}
