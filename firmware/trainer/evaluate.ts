/**
 * Counts what a model gets right, with the active weights only: a model that was trained sparse
 * must be evaluated sparse (ZeroFL, section 4.3). The same on a board and on the server.
 * @module
 */
import { PLAIN, type Power } from '../../shared/fixed/power.js';
import { Pace } from '../../shared/masks/pace.js';
import type { LayerCounts } from '../../shared/model/method.js';
import type { ModelSource } from '../../shared/model/model.js';
import { largestLogit, softmaxCrossEntropies } from '../kernels/loss.js';
import type { TrainingExamples } from './examples.js';
import { forwardStages } from './forward.js';
import { Network } from './network.js';
import { KERNEL_SPEED } from './speed.js';
import { Stages } from './stage.js';

export interface EvaluationResult {
  readonly count: number;
  readonly correct: number;
  readonly lossOctaves: number; // sum over the examples in 2^-10 octaves
}

/**
 * Evaluates in slices; yields the work done.
 *
 * @param batch examples at once, 1 to 16; changes no result
 * @param power of the weights
 * @throws RangeError when the model's sums or exponents do not fit
 */
export function* evaluate(
  source: ModelSource,
  layers: readonly LayerCounts[],
  examples: TrainingExamples,
  batch: number,
  sliceMacs: number,
  power: Power = PLAIN,
): Generator<number, EvaluationResult> {
  const network = new Network(source.head, batch, layers, 0, power);
  const { u8, i32, sumsAt, arena, head } = network;
  const { classes, inputs } = head.layout;
  const { sumShift } = network.layers[network.layers.length - 1];
  const example = u8.subarray(arena.example.offset, arena.example.offset + inputs);
  const labels = new Uint8Array(batch);
  let correct = 0;
  let lossOctaves = 0;
  const pace = new Pace(sliceMacs * KERNEL_SPEED);
  const part = { network, lanes: 0, unitMacs: 0 };
  const forward = new Stages(part, forwardStages(network), pace);
  yield* network.load(source, pace);
  yield* network.raise(pace);
  yield* network.select(pace);
  for (let first = 0; first < examples.count; first += batch) {
    const lanes = Math.min(batch, examples.count - first);
    network.setLanes(lanes);
    for (let lane = 0; lane < lanes; lane++) {
      labels[lane] = examples.read(first + lane, example);
      network.setExample(example, lane);
      if (pace.isDue(inputs)) yield pace.take();
    }
    part.lanes = lanes;
    while (!forward.run()) yield pace.take();
    for (let lane = 0; lane < lanes; lane++) {
      if (largestLogit(i32, sumsAt, classes, lanes, lane) === labels[lane]) correct++;
    }
    lossOctaves += softmaxCrossEntropies(i32, sumsAt, labels, 0, sumShift, classes, lanes, 0, lanes);
  }
  return { count: examples.count, correct, lossOctaves };
}
