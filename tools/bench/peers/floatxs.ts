/**
 * The plain float trainer on XS.
 * @module
 */
import { FloatTrainer } from './float.js';
import { CLASSES, fractions, HIDDEN, INPUTS, runSteps } from './step.js';

const RATE = 0.02;

export function run(): Uint8Array {
  const trainer = new FloatTrainer(INPUTS, HIDDEN, CLASSES, fractions());
  return runSteps((x, label) => trainer.step(x, label, RATE));
}
