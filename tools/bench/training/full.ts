/**
 * Full work: no unit is dead. It knows no engine.
 * @module
 */
import type { StepTerms } from '../../../firmware/trainer/weightstep.js';
import { storedOf } from '../../../shared/model/volume.js';

/** The global that a bundle with `hookWeightSteps` calls. */
export interface StepHook {
  beforeWeightStep: (terms: StepTerms) => void;
}

/** Makes every error of 0 a 1, which passes over no row of weights. */
export function makeFull({ network, places, lanes }: StepTerms): void {
  const { i16, arena } = network;
  const at = arena.errors.offset >> 1;
  const end = at + storedOf(places.layer.output) * lanes;
  for (let i = at; i < end; i++) if (i16[i] === 0) i16[i] = 1;
}
