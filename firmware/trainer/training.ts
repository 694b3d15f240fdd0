/**
 * A training step as stages: examples, forward, loss, and then layer by layer from the last to the first the errors of
 * its inputs, the inputs that count, the rate, and the step.
 * @module
 */
import { PLAIN } from '../../shared/fixed/power.js';
import type { TrainingMethod } from '../../shared/model/method.js';
import { inputErrorStages, inputGradientStages, lossStages } from './backward.js';
import type { TrainingBatch } from './batch.js';
import { forwardStages } from './forward.js';
import { isChosen, keptStage } from './kept.js';
import type { Network } from './network.js';
import { normStages } from './norm.js';
import { type Stage, stage } from './stage.js';
import { weightStages } from './weightstep.js';

/** @param isMasked only the active weights are trained */
export function trainingStages(
  network: Network,
  method: TrainingMethod,
  isMasked: boolean,
): Stage<TrainingBatch>[] {
  const { layers, head } = network;
  const stages: Stage<TrainingBatch>[] = [];
  const add = (more: readonly Stage<TrainingBatch>[]) => stages.push(...more);
  stages.push(stage(readExamples, layers, 0, head.layout.inputs));
  add(forwardStages(network));
  add(lossStages(layers[layers.length - 1]));
  for (let index = layers.length - 1; index >= 0; index--) {
    const places = layers[index];
    const terms = { isChosen: isChosen(method, places), isMasked, isPlain: method.power === PLAIN };
    // before the inputs are chosen: an activation that is cleared still lets its error through
    if (index > 0) add(inputGradientStages(places, layers[index - 1]));
    stages.push(keptStage(places, terms.isChosen));
    if (method.clip !== 0) add(normStages(places, terms.isChosen));
    add(weightStages(places, terms));
    if (index > 0) add(inputErrorStages(places, layers[index - 1]));
  }
  return stages;
}

/** Into the input volume, each into its lane. */
function readExamples(batch: TrainingBatch, _: unknown, from: number, to: number): void {
  const { network, examples, example, labels } = batch;
  const { u16 } = network;
  const at = network.orderAt + batch.first;
  for (let lane = from; lane < to; lane++) {
    labels[lane] = examples.read(u16[at + lane], example);
    network.setExample(example, lane);
  }
}
