/**
 * The server's evaluation of a model: the same integer inference as on a board.
 * @module
 */
import { type EvaluationResult, evaluate } from '../../firmware/trainer/evaluate.js';
import type { TrainingExamples } from '../../firmware/trainer/examples.js';
import { PLAIN, type Power } from '../../shared/fixed/power.js';
import { BATCH_MAX } from '../../shared/model/bounds.js';
import type { LayerCounts } from '../../shared/model/method.js';
import { type Model, sourceOf } from '../../shared/model/model.js';

/** Evaluates with the given active weights, all at once. */
export function evaluateModel(
  model: Model,
  layers: readonly LayerCounts[],
  examples: TrainingExamples,
  power: Power = PLAIN,
): EvaluationResult {
  const run = evaluate(sourceOf(model), layers, examples, BATCH_MAX, Number.MAX_SAFE_INTEGER, power);
  for (;;) {
    const next = run.next();
    if (next.done) return next.value;
  }
}
