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
import type { Examples } from '../../firmware/ports/ports.js';
import { heldBackPart } from '../../firmware/trainer/holdback.js';
import { mix, Random } from '../../shared/fixed/random.js';
import type { ModelDescription } from '../../shared/model/description.js';
import { initialModel } from '../../shared/model/initial.js';
import { type Model, sourceOf } from '../../shared/model/model.js';
import type { Recipe } from '../../shared/model/recipe.js';
import { denseMacsPerExample, planTraining, powerOf, testedWith } from '../../shared/model/training.js';
import type { Cohort } from '../../shared/protocol/cohort.js';
import { MAX_COHORT_LIST } from '../../shared/protocol/cohort.js';
import { deviceHash } from '../../shared/protocol/device.js';
import { encodeModel } from '../../shared/protocol/model.js';
import { encodePlan, type Plan } from '../../shared/protocol/plan.js';
import { decodeUpdate } from '../../shared/protocol/update.js';
import { encodeVerdict } from '../../shared/protocol/verdict.js';

export interface SimulationSettings {
  readonly description: ModelDescription;
  readonly recipe: Recipe;
  readonly shards: readonly Examples[]; // one per client
  readonly test: Examples;
  readonly cohort: number; // clients per round, drawn without replacement
  readonly seed: number;
  /** Evaluate on what the clients hold back instead of on the test set: for choosing settings. */
  readonly validate: boolean;
  /** Evaluate after these rounds only; the last AVERAGED always. 0 = only those. */
  readonly evaluateEvery: number;
}

export interface SimulatedRound {
  readonly round: number;
  readonly accuracy: number | undefined; // 0 to 1; undefined where not evaluated
  readonly loss: number; // mean training loss in nats
  readonly updateBytes: number; // largest update frame
  readonly bytesUp: number; // all update frames
  readonly bytesDown: number; // plan, model and verdict frames, to the round's clients
  readonly macs: number; // multiply-accumulates of training, all clients
  readonly macsPerExample: number;
  readonly active: readonly number[]; // weights in use, by layer
}

export interface SimulationResult {
  readonly rounds: readonly SimulatedRound[];
  readonly accuracy: number; // mean over the last AVERAGED rounds, 0 to 1
  readonly model: Model;
  readonly denseMacsPerExample: number;
}

/** The accuracy of a run is the mean over its last rounds, since one round is noisy. */
export const AVERAGED = 3;

/** Runs all rounds; yields each as it ends. */
export function* simulate(settings: SimulationSettings): Generator<SimulatedRound, SimulationResult> {
  const { recipe, seed, cohort, shards } = settings;
  if (!Number.isInteger(cohort) || cohort < 1 || cohort > shards.length) {
    throw new RangeError(`cohort ${cohort}, expected 1 to ${shards.length}, the number of clients`);
  }
  if (settings.validate) checkHeldBack(settings);
  const random = new Random(mix(seed, 0xc0));
  let model = initialModel(settings.description, seed, powerOf(recipe));
  let state = freshState(recipe.optimizer, model.head.layout);
  const rounds: SimulatedRound[] = [];
  for (let round = 1; round <= recipe.rounds; round++) {
    const clients = draw(shards.length, cohort, random);
    const plan = planOf(settings, model, round, clients);
    const outcome = trainRound(settings, plan, model, state, clients);
    ({ model, state } = outcome);
    const isLast = round > recipe.rounds - AVERAGED;
    const isDue = isLast || (settings.evaluateEvery > 0 && round % settings.evaluateEvery === 0);
    const accuracy = isDue ? accuracyOf(settings, model, plan) : undefined;
    const active = plan.layers.map((layer) => layer.active);
    const result = { round, accuracy, active, ...outcome.costs };
    rounds.push(result);
    yield result;
  }
  const last = rounds.slice(-AVERAGED);
  return {
    rounds,
    model,
    denseMacsPerExample: denseMacsPerExample(model.head.layout),
    accuracy: last.reduce((sum, { accuracy }) => sum + (accuracy ?? 0), 0) / last.length,
  };
}

type Costs = Omit<SimulatedRound, 'round' | 'accuracy' | 'active'>;

function trainRound(
  { shards, recipe }: SimulationSettings,
  plan: Plan,
  model: Model,
  state: OptimizerState,
  clients: readonly number[],
): { model: Model; state: OptimizerState; costs: Costs } {
  const aggregation = new Aggregation(model, plan.method);
  const reference = referenceOf(model, plan);
  let updateBytes = 0;
  let bytesUp = 0;
  let macs = 0;
  let examples = 0;
  let loss = 0;
  for (const client of clients) {
    const device = deviceOf(client);
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
    aggregation.add(update);
    updateBytes = Math.max(updateBytes, frame.length);
    bytesUp += frame.length;
    macs += update.macs;
    examples += update.examples;
    loss += update.loss * update.examples;
  }
  const macsPerExample = macs / (examples * recipe.epochs);
  return {
    ...nextModel(aggregation, model, plan.method.optimizer, state),
    costs: {
      loss: loss / examples / 1024,
      updateBytes,
      bytesUp,
      bytesDown: clients.length * bytesDownOf(plan, model),
      macs,
      macsPerExample,
    },
  };
}

/** What one client of a round is sent: the boards fetch each model whole. */
function bytesDownOf(plan: Plan, model: Model): number {
  const { round, attempt } = plan;
  const verdict = encodeVerdict({ device: deviceOf(0), round, attempt, kind: 'accepted' });
  return encodePlan(plan).length + encodeModel(model).length + verdict.length;
}

function deviceOf(client: number): string {
  return `client-${client}`;
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

function checkHeldBack({ shards, recipe }: SimulationSettings): void {
  if (shards.some((shard) => heldBackPart(shard, recipe.holdBackEvery).count > 0)) return;
  throw new RangeError(
    `hold back 1 of ${recipe.holdBackEvery}, expected a client that holds an example back`,
  );
}

function accuracyOf(
  { shards, test, recipe, validate }: SimulationSettings,
  model: Model,
  plan: Plan,
): number {
  const sets = validate ? shards.map((shard) => heldBackPart(shard, recipe.holdBackEvery)) : [test];
  const layers = testedWith(recipe, plan.layers, model);
  let correct = 0;
  let count = 0;
  for (const set of sets) {
    const result = evaluateModel(model, layers, set, plan.method.power);
    correct += result.correct;
    count += result.count;
  }
  return correct / count;
}

/** `count` of 0 to n - 1 without replacement, ascending. */
function draw(n: number, count: number, random: Random): number[] {
  const pool = Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + random.below(n - i);
    [pool[i], pool[j]] = [pool[j], pool[i]];
  }
  return pool.slice(0, count).sort((a, b) => a - b);
}
