/**
 * Full work: no unit is dead. It knows no engine.
 * @module
 */
import type { LayerPlaces } from '../../../firmware/trainer/places.js';
import type { Batch } from '../../../firmware/trainer/stage.js';
import { storedOf } from '../../../shared/model/volume.js';

/** What the hook needs of a training batch. */
export interface HookedBatch extends Batch {
  readonly kept: number;
}

/** The global that a bundle with `hookWeightSteps` calls. */
export interface StepHook {
  beforeWeightStep: (batch: HookedBatch, places: LayerPlaces) => void;
}

/** Makes every error of 0 a 1, which passes over no row of weights. */
export function makeFull({ network, lanes }: Batch, places: LayerPlaces): void {
  const { i16, errorsAt: at } = network;
  const end = at + storedOf(places.layer.output) * lanes;
  for (let i = at; i < end; i++) if (i16[i] === 0) i16[i] = 1;
}
