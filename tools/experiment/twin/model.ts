/**
 * A model in real numbers. It begins as the integer initial model read as reals, so that both
 * arithmetics start from the same point; from there on nothing is rounded.
 * @module
 */
import { biasExpOf, type Model, type ModelHead } from '../../../shared/model/model.js';

export interface RealLayer {
  /** [outputs × inputs]; the numbers behind the weights where the method has a power */
  readonly weights: Float64Array;
  readonly biases: Float64Array; // [outputs]
}

export interface RealModel {
  readonly head: ModelHead; // for its description and layout; the exponents play no part
  readonly layers: readonly RealLayer[]; // one per layer with weights
}

export function realModel({ head, parameters }: Model): RealModel {
  const layers = head.layout.layers.map(({ index, weights, biases }): RealLayer => {
    const unit = 2 ** head.exponents[index].weightExp;
    const biasUnit = 2 ** biasExpOf(head, index);
    return {
      weights: Float64Array.from(new Int16Array(parameters, weights.offset, weights.length), (q) => q * unit),
      biases: Float64Array.from(
        new Int32Array(parameters, biases.offset, biases.length),
        (q) => q * biasUnit,
      ),
    };
  });
  return { head, layers };
}

/** A model that is 1 where this one is not 0: what a plan wants to know of the weights. */
export function nonzeroModel({ head, layers }: RealModel): Model {
  const parameters = new ArrayBuffer(head.layout.parameterBytes);
  for (const { index, weights } of head.layout.layers) {
    const ones = new Int16Array(parameters, weights.offset, weights.length);
    for (let i = 0; i < ones.length; i++) ones[i] = layers[index].weights[i] === 0 ? 0 : 1;
  }
  return { head, parameters };
}
