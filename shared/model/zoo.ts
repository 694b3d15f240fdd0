/**
 * Models for the data sets that come up most, and a plain network for any other.
 * @module
 */
import type { InputDescription, ModelDescription } from './description.js';

/** Hidden units by the number of inputs: the networks of the published comparisons. */
const SMALL_INPUTS = 100;
const SMALL_HIDDEN = [32]; // digits8: 64-32-10
const HIDDEN = [64, 32]; // fashion14: 196-64-32-10

/** A dense network for the given input and classes. */
export function denseModel(name: string, input: InputDescription, classes: number): ModelDescription {
  const inputs = input.shape.reduce((product, size) => product * size, 1);
  const hidden = inputs <= SMALL_INPUTS ? SMALL_HIDDEN : HIDDEN;
  return {
    name: `${name}-mlp`,
    input,
    layers: [...hidden, classes].map((units) => ({ kind: 'dense', units })),
  };
}
