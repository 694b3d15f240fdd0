/**
 * The training that is measured, on any engine: it says where instructions begin to count and what for. A
 * selection of weights is marked apart, so that a short stretch can be weighted with a longer period.
 * @module
 */
import { Trainer } from '../../../firmware/trainer/trainer.js';
import { initialModel } from '../../../shared/model/initial.js';
import { sourceOf } from '../../../shared/model/model.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import { planTraining, powerOf } from '../../../shared/model/training.js';
import { MARK, type Mark, type TrainingTerms } from './terms.js';

const SEED = 7;

/** Thrown where the training stops. */
const ENOUGH = new Error('enough');

/**
 * Trains up to `terms.to`, where it stops.
 * @param read as of TrainingExamples
 * @param mark told what comes next
 */
export function runTraining(
  terms: TrainingTerms,
  read: (index: number, out: Uint8Array) => number,
  mark: (next: Mark) => void,
): void {
  const { description, preset, density, activationDensity, batch, reselectEvery, sliceMacs } = terms;
  const recipe = recipeOf(preset, density, { batch, activationDensity, reselectEvery, epochs: 255 });
  const model = initialModel(description, 1, powerOf(recipe));
  const { method, layers } = planTraining(recipe, model.head.layout, 1, model);
  let seen = 0;
  const examples = {
    count: terms.perEpoch,
    read(index: number, out: Uint8Array): number {
      if (seen === terms.from) mark(MARK.step);
      if (seen === terms.to) {
        mark(MARK.aside);
        throw ENOUGH; // the trainer may pause long after
      }
      seen++;
      return read(index, out);
    },
  };
  const trainer = new Trainer(model.head, { method, layers, seed: SEED, sliceMacs }, examples);
  const { network } = trainer;
  const select = network.select.bind(network);
  network.select = function* (slice) {
    const isCounted = seen > terms.from;
    if (isCounted) mark(MARK.selection);
    yield* select(slice);
    if (isCounted) mark(MARK.step);
  };
  mark(MARK.empty); // what a mark itself costs
  mark(MARK.aside);
  const training = trainer.train(sourceOf(model));
  try {
    while (!training.next().done);
  } catch (error) {
    if (error !== ENOUGH) throw error;
  }
}
