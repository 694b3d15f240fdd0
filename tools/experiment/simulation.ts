/**
 * A federation without a network: the boards' own round, the wire's own frames and the broker's own
 * aggregation and evaluation, one after the other in one process. A pure function of its settings.
 * @module
 */
import { createHash } from 'node:crypto';
import { Aggregation } from '../../broker/aggregation/aggregation.js';
import { freshState, nextModel, type OptimizerState } from '../../broker/aggregation/optimizer.js';
import { evaluateModel } from '../../broker/evaluation/evaluation.js';
import { referenceOf } from '../../broker/rounds/reference.js';
import { localRound } from '../../firmware/federation/localround.js';
import type { TrainingExamples } from '../../firmware/trainer/examples.js';
import { initialModel } from '../../shared/model/initial.js';
import type { LayerCounts } from '../../shared/model/method.js';
import { type Model, sourceOf } from '../../shared/model/model.js';
import { planTraining, powerOf, testedWith } from '../../shared/model/training.js';
import type { Cohort } from '../../shared/protocol/cohort.js';
import { MAX_COHORT_LIST } from '../../shared/protocol/cohort.js';
import { deviceHash } from '../../shared/protocol/device.js';
import { encodePlan, type Plan } from '../../shared/protocol/plan.js';
import { decodeUpdate, type Update } from '../../shared/protocol/update.js';
import { encodeVerdict } from '../../shared/protocol/verdict.js';
import { Downlink } from './downlink.js';
import {
  deviceOf,
  type Federation,
  type RoundOutcome,
  type RoundsResult,
  runRounds,
  type SimulatedRound,
  type SimulationSettings,
} from './rounds.js';

/** What a run gives beside its rounds. */
export interface SimulationResult extends RoundsResult {
  readonly model: Model;
}

/** Sees an update frame and what is in it. */
export type UpdateWatch = (round: number, frame: Uint8Array, update: Update) => void;

/**
 * Runs all rounds; yields each as it ends.
 * @throws RangeError for settings that do not fit the shards
 */
export function* simulate(
  settings: SimulationSettings,
  watch: UpdateWatch = () => {},
): Generator<SimulatedRound, SimulationResult> {
  const federation = new IntegerFederation(settings, watch);
  const result = yield* runRounds(settings, federation);
  return { ...result, model: federation.model };
}

class IntegerFederation implements Federation {
  readonly #settings: SimulationSettings;
  readonly #watch: UpdateWatch;
  readonly #downlink = new Downlink();
  #model: Model;
  #state: OptimizerState;
  #layers: readonly LayerCounts[] = []; // of the last round's plan

  constructor(settings: SimulationSettings, watch: UpdateWatch) {
    const { description, recipe, seed } = settings;
    this.#settings = settings;
    this.#watch = watch;
    this.#model = initialModel(description, seed, powerOf(recipe));
    this.#state = freshState(recipe.optimizer, this.#model.head.layout);
  }

  get model(): Model {
    return this.#model;
  }

  train(round: number, clients: readonly number[]): RoundOutcome {
    const { shards, recipe } = this.#settings;
    const model = this.#model;
    const plan = planOf(this.#settings, model, round, clients);
    const aggregation = new Aggregation(model, plan.method);
    const reference = referenceOf(model, plan);
    let updateBytes = 0;
    let bytesUp = 0;
    let macs = 0;
    let examples = 0;
    let loss = 0;
    let bytesDown = clients.length * besidesModel(plan);
    this.#downlink.begin(model);
    for (const client of clients) {
      const device = deviceOf(client);
      bytesDown += this.#downlink.fetch(client);
      const run = localRound({
        plan,
        device,
        model: sourceOf(model),
        examples: shards[client],
        sliceMacs: Infinity,
      });
      let step = run.next();
      while (!step.done) step = run.next();
      const { frame } = step.value;
      const update = decodeUpdate(frame, device, model.head.layout, reference);
      this.#watch(round, frame, update);
      aggregation.add(update);
      updateBytes = Math.max(updateBytes, frame.length);
      bytesUp += frame.length;
      macs += update.macs;
      examples += update.examples;
      loss += update.loss * update.examples;
    }
    const next = nextModel(aggregation, model, plan.method.optimizer, this.#state);
    this.#model = next.model;
    this.#state = next.state;
    this.#layers = plan.layers;
    return {
      loss: loss / examples / 1024,
      updateBytes,
      bytesUp,
      bytesDown,
      macs,
      macsPerExample: macs / (examples * recipe.epochs),
      active: plan.layers.map((layer) => layer.active),
    };
  }

  correct(examples: TrainingExamples): number {
    const { recipe } = this.#settings;
    const layers = testedWith(recipe, this.#layers, this.#model);
    return evaluateModel(this.#model, layers, examples, powerOf(recipe)).correct;
  }
}

/** What one client of a round is sent besides the model: plan and verdict. */
function besidesModel(plan: Plan): number {
  const { round, attempt } = plan;
  const verdict = encodeVerdict({ update: 0, round, attempt, kind: 'accepted' });
  return encodePlan(plan).length + verdict.length;
}

function planOf(
  { recipe, seed }: SimulationSettings,
  model: Model,
  round: number,
  clients: readonly number[],
): Plan {
  return {
    federation: 0,
    taskSeed: seed,
    round,
    attempt: 1,
    modelHash: createHash('sha256').update(new Uint8Array(model.parameters)).digest('hex').slice(0, 16),
    modelCrc: 0,
    cohort: cohortOf(clients),
    deadlineMs: 0,
    ...planTraining(recipe, model.head.layout, round, model),
  };
}

function cohortOf(clients: readonly number[]): Cohort {
  if (clients.length > MAX_COHORT_LIST) return { kind: 'threshold', seed: 0, threshold: 0xffffffff };
  const devices = clients.map((client) => deviceHash(deviceOf(client))).sort((a, b) => a - b);
  return { kind: 'list', devices };
}
