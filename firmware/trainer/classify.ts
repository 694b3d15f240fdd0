/**
 * The class that a model gives to one example, such as a live sensor window. The model is loaded once and
 * stays in RAM as long as the classifier lives; training needs that memory, so it goes before a round.
 * The same integers as in `evaluate`.
 * @module
 */
import { exp2Negative } from '../../shared/fixed/exponential.js';
import { PLAIN, type Power } from '../../shared/fixed/power.js';
import { Pace } from '../../shared/masks/pace.js';
import type { LayerCounts } from '../../shared/model/method.js';
import type { ModelSource } from '../../shared/model/model.js';
import { largestLogit, softmaxCrossEntropy } from '../kernels/loss.js';
import { forwardStages } from './forward.js';
import { Network } from './network.js';
import { KERNEL_SPEED } from './speed.js';
import { type Batch, Stages } from './stage.js';

export interface Classified {
  readonly label: number;
  readonly percent: number; // probability of the label, 0 to 100
}

const ONE_Q15 = 32768;

export class Classifier {
  readonly #network: Network;
  readonly #pace: Pace;
  readonly #forward: Stages<Batch>;
  readonly #logits: Int32Array;

  /** @throws RangeError when the model's sums or exponents do not fit */
  constructor(source: ModelSource, layers: readonly LayerCounts[], sliceMacs: number, power: Power = PLAIN) {
    const { head } = source;
    this.#network = new Network(head, 1, layers, 0, power);
    this.#pace = new Pace(sliceMacs * KERNEL_SPEED);
    const batch = { network: this.#network, lanes: 1, unitMacs: 0 };
    this.#forward = new Stages(batch, forwardStages(this.#network), this.#pace);
    this.#logits = new Int32Array(head.layout.classes);
  }

  /** Yields the work done; before the first `classify`. */
  *load(source: ModelSource): Generator<number, void> {
    yield* this.#network.load(source, this.#pace);
    yield* this.#network.raise(this.#pace);
    yield* this.#network.select(this.#pace);
  }

  /** @param features as an example has them. Yields the work done. */
  *classify(features: Uint8Array): Generator<number, Classified> {
    const network = this.#network;
    const { i32, sumsAt, head, layers } = network;
    const { classes, inputs } = head.layout;
    if (features.length !== inputs) throw new RangeError(`${features.length} features, expected ${inputs}`);
    network.setLanes(1);
    network.setExample(features, 0);
    if (this.#pace.isDue(inputs)) yield this.#pace.take();
    while (!this.#forward.run()) yield this.#pace.take();
    const label = largestLogit(i32, sumsAt, classes, 1, 0);
    this.#logits.set(i32.subarray(sumsAt, sumsAt + classes));
    const { sumShift } = layers[layers.length - 1];
    const loss = softmaxCrossEntropy(this.#logits, 0, sumShift, label, classes, 1, 0);
    return { label, percent: Math.floor((100 * exp2Negative(loss) + ONE_Q15 / 2) / ONE_Q15) };
  }
}
