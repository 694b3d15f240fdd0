/**
 * The shifts between a model's exponents, and the check that all of them can be made.
 * @module
 */
import { MAX_SUM_SHIFT } from './bounds.js';
import { biasExpOf, type ModelHead } from './model.js';

/** Logits are turned into 2^-10 nats for the softmax. */
const LOGIT_EXP = -10;

/** Shift from a layer's sums to its activations, or to 2^-10 nats in the last layer. */
export function sumShiftOf(head: ModelHead, index: number): number {
  const target = head.layout.layers[index].isLast ? LOGIT_EXP : head.exponents[index].outputExp;
  return target - biasExpOf(head, index);
}

/** @throws RangeError naming the layer whose sums cannot be shifted to its outputs */
export function checkExponents(head: ModelHead): void {
  for (const { index } of head.layout.layers) {
    const { weightExp, outputExp } = head.exponents[index];
    const shift = sumShiftOf(head, index);
    if (shift < 0 || shift > MAX_SUM_SHIFT) {
      throw new RangeError(
        `layer ${index} exponents weight ${weightExp}, output ${outputExp}: shift ${shift}, expected 0 to ${MAX_SUM_SHIFT}`,
      );
    }
  }
}
