/**
 * One client's whole work in a round: evaluate the base model on the examples held back, train,
 * choose what goes up, code the update frame. A pure function of the plan, the device, the model
 * and the examples (law 1), cut into slices; a board that lost power does it again and sends the
 * same bytes.
 * @module
 */
import { LN2_Q16 } from '../../shared/fixed/exponential.js';
import { mix } from '../../shared/fixed/random.js';
import { divideNearest } from '../../shared/fixed/rounding.js';
import { Pace } from '../../shared/masks/pace.js';
import type { ModelSource } from '../../shared/model/model.js';
import { largestWeights } from '../../shared/model/reference.js';
import { valuesOf } from '../../shared/model/volume.js';
import { deviceHash } from '../../shared/protocol/device.js';
import type { Plan } from '../../shared/protocol/plan.js';
import { encodeUpdateSlices, MAX_EXAMPLE_WEIGHT } from '../../shared/protocol/update.js';
import type { Examples } from '../ports/ports.js';
import { evaluate } from '../trainer/evaluate.js';
import { heldBackPart, trainingPart } from '../trainer/holdback.js';
import { Scratch } from '../trainer/scratch.js';
import { KERNEL_SPEED } from '../trainer/speed.js';
import { Trainer, type TrainingResult } from '../trainer/trainer.js';
import { layerDeltas } from '../trainer/uplink.js';

export interface RoundWork {
  readonly plan: Plan;
  readonly device: string;
  readonly model: ModelSource;
  readonly examples: Examples;
  readonly sliceMacs: number; // work between two pauses; changes no bit
}

export interface LocalResult {
  readonly frame: Uint8Array; // of the update
  readonly loss: number; // mean training loss in nats · 2^10
  readonly macs: number; // multiply-accumulates of the training
  readonly examples: number; // trained on, each counted once
}

/** Largest loss that fits an update. */
const LOSS_MAX = 65535;

/**
 * Yields the work done since the last pause, in multiply-accumulates or weights scanned.
 * @throws RangeError when plan, model and examples do not fit each other
 */
export function* localRound(work: RoundWork): Generator<number, LocalResult> {
  const { plan, device, model, examples, sliceMacs } = work;
  const { method, layers } = plan;
  const seed = roundSeed(plan, device);
  checkFit(work);
  const kept = trainingPart(examples, method.holdBackEvery);
  const held = heldBackPart(examples, method.holdBackEvery);
  const tested =
    held.count > 0
      ? yield* evaluate(model, layers, held, method.batch, sliceMacs, method.power)
      : { count: 0, correct: 0 };
  yield* forget();
  const trainer = new Trainer(
    model.head,
    {
      method,
      layers,
      seed,
      sliceMacs,
      mask: method.uplink === 'mask' ? plan : undefined,
    },
    kept,
  );
  const trained = yield* trainer.train(model);
  const { uplink, valueBits } = method;
  const pace = new Pace(sliceMacs * KERNEL_SPEED);
  const deltas = yield* layerDeltas(trainer.network, model, layers, { uplink, valueBits, seed }, pace);
  const { choice } = new Scratch(trainer.network, model);
  const references: Uint32Array[] = [];
  for (const [index, { active, sent }] of layers.entries()) {
    const { positions } = deltas[index];
    const { length } = model.head.layout.layers[index].weights;
    if (method.uplink === 'mask' && positions !== 'all') references[index] = positions;
    else if (sent < length && active < length) {
      references[index] = yield* largestWeights(model, index, active, pace, choice);
    }
  }
  const loss = lossOf(trained);
  const update = {
    device,
    round: plan.round,
    attempt: plan.attempt,
    baseHash: plan.modelHash,
    examples: Math.min(kept.count, MAX_EXAMPLE_WEIGHT),
    loss,
    heldBack: tested.count,
    correct: tested.correct,
    macs: trained.macs,
    valueBits,
    layers: deltas,
  };
  const reference = (layer: number) => references[layer];
  const frame = yield* encodeUpdateSlices(update, model.head.layout, reference, pace, method.positions);
  return { frame, loss, macs: trained.macs, examples: kept.count };
}

/**
 * A pause that forgets. On XS a generator that goes on keeps its state of the pause before, with the generators
 * that it waited for and all that they held, until the next pause: here the arena of the evaluation,
 * which would lie beside the trainer's.
 */
function* forget(): Generator<number, void> {
  yield 0;
}

/** Seed of everything random in one client's round. */
export function roundSeed(plan: Pick<Plan, 'taskSeed' | 'round' | 'attempt'>, device: string): number {
  return mix(mix(mix(plan.taskSeed, deviceHash(device)), plan.round), plan.attempt);
}

/** Mean loss in nats · 2^10, rounded. */
function lossOf({ lossOctaves, examples }: TrainingResult): number {
  const octaves = divideNearest(lossOctaves, examples);
  return Math.min(LOSS_MAX, Math.floor((octaves * LN2_Q16) / 65536));
}

function checkFit({ plan, model, examples }: RoundWork): void {
  const { layout, description } = model.head;
  const isSigned = description.input.type === 'int8';
  if (examples.features !== layout.inputs || examples.signed !== isSigned) {
    throw new RangeError(
      `examples of ${examples.features} ${examples.signed ? 'int8' : 'uint8'} features, ` +
        `expected ${layout.inputs} ${description.input.type}`,
    );
  }
  if (examples.classes > layout.classes) {
    throw new RangeError(`examples of ${examples.classes} classes, expected at most ${layout.classes}`);
  }
  if (trainingPart(examples, plan.method.holdBackEvery).count < 1) {
    throw new RangeError(`${examples.count} examples, expected 1 or more to train on`);
  }
  if (plan.layers.length !== layout.layers.length) {
    throw new RangeError(`plan of ${plan.layers.length} layers, expected ${layout.layers.length}`);
  }
  for (const { index, input, weights } of layout.layers) {
    const inputs = valuesOf(input);
    const { active, keptInputs, sent } = plan.layers[index];
    if (active > weights.length || sent > weights.length || keptInputs > inputs) {
      throw new RangeError(
        `plan of layer ${index}: active ${active}, sent ${sent}, kept ${keptInputs}, ` +
          `expected at most ${weights.length}, ${weights.length}, ${inputs}`,
      );
    }
  }
}
