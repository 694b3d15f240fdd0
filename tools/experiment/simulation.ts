/**
 * A federation without a network: the boards' own round, the wire's own frames and the broker's own
 * aggregation and evaluation, one after the other in one process. A pure function of its settings.
 * @module
 */
import { createHash } from 'node:crypto';
import { Aggregation } from '../../broker/aggregation/aggregation.js';
import { evaluateModel } from '../../broker/evaluation/evaluation.js';
import { referenceOf } from '../../broker/rounds/reference.js';
import { localRound } from '../../firmware/federation/localround.js';
import type { Examples } from '../../firmware/ports/ports.js';
import { heldBackPart } from '../../firmware/trainer/holdback.js';
import { mix, Random } from '../../shared/fixed/random.js';
import type { ModelDescription } from '../../shared/model/description.js';
import { initialModel } from '../../shared/model/initial.js';
import { type Model, sourceOf } from '../../shared/model/model.js';
import { planTraining, type Recipe } from '../../shared/model/recipe.js';
import type { Plan } from '../../shared/protocol/plan.js';
import { decodeUpdate } from '../../shared/protocol/update.js';

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
  readonly macsPerExample: number;
}

export interface SimulationResult {
  readonly rounds: readonly SimulatedRound[];
  readonly accuracy: number; // mean over the last AVERAGED rounds, 0 to 1
  readonly model: Model;
}

/** The accuracy of a run is the mean over its last rounds, since one round is noisy. */
export const AVERAGED = 3;

/** Runs all rounds; yields each as it ends. */
export function* simulate(settings: SimulationSettings): Generator<SimulatedRound, SimulationResult> {
  const { recipe, seed, cohort, shards } = settings;
  if (!Number.isInteger(cohort) || cohort < 1 || cohort > shards.length) {
    throw new RangeError(`cohort ${cohort}, expected 1 to ${shards.length}, the number of clients`);
  }
  const random = new Random(mix(seed, 0xc0));
  let model = initialModel(settings.description, seed);
  const rounds: SimulatedRound[] = [];
  for (let round = 1; round <= recipe.rounds; round++) {
    const plan = planOf(settings, model, round);
    const clients = draw(shards.length, cohort, random);
    const outcome = trainRound(settings, plan, model, clients);
    model = outcome.model;
    const isLast = round > recipe.rounds - AVERAGED;
    const isDue = isLast || (settings.evaluateEvery > 0 && round % settings.evaluateEvery === 0);
    const accuracy = isDue ? accuracyOf(settings, model, plan) : undefined;
    const result = { round, accuracy, ...outcome.costs };
    rounds.push(result);
    yield result;
  }
  const last = rounds.slice(-AVERAGED);
  return {
    rounds,
    model,
    accuracy: last.reduce((sum, { accuracy }) => sum + (accuracy ?? 0), 0) / last.length,
  };
}

type Costs = Pick<SimulatedRound, 'loss' | 'updateBytes' | 'bytesUp' | 'macsPerExample'>;

function trainRound(
  { shards, recipe }: SimulationSettings,
  plan: Plan,
  model: Model,
  clients: readonly number[],
): { model: Model; costs: Costs } {
  const aggregation = new Aggregation(model, plan.method);
  const reference = referenceOf(model, plan.layers);
  let updateBytes = 0;
  let bytesUp = 0;
  let macs = 0;
  let examples = 0;
  let loss = 0;
  for (const client of clients) {
    const device = `client-${client}`;
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
    model: aggregation.result(),
    costs: { loss: loss / examples / 1024, updateBytes, bytesUp, macsPerExample },
  };
}

function planOf({ recipe, seed }: SimulationSettings, model: Model, round: number): Plan {
  return {
    taskSeed: seed,
    round,
    attempt: 1,
    modelHash: createHash('sha256').update(new Uint8Array(model.parameters)).digest('hex').slice(0, 16),
    modelCrc: 0,
    cohort: { kind: 'list', devices: [] },
    deadlineMs: 0,
    ...planTraining(recipe, model.head.layout, round),
  };
}

function accuracyOf(
  { shards, test, recipe, validate }: SimulationSettings,
  model: Model,
  plan: Plan,
): number {
  const sets = validate ? shards.map((shard) => heldBackPart(shard, recipe.holdBackEvery)) : [test];
  let correct = 0;
  let count = 0;
  for (const set of sets) {
    const result = evaluateModel(model, plan.layers, set);
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
