/**
 * The rounds of a federation without a network: who takes part in each, and when the model is tested.
 * How a round is computed is the matter of a `Federation`; equal settings and seeds draw the same
 * clients for all of them, so their runs can be paired.
 * @module
 */
import type { Examples } from '../../firmware/ports/ports.js';
import type { TrainingExamples } from '../../firmware/trainer/examples.js';
import { heldBackPart } from '../../firmware/trainer/holdback.js';
import { mix, Random } from '../../shared/fixed/random.js';
import type { ModelDescription } from '../../shared/model/description.js';
import type { Recipe } from '../../shared/model/recipe.js';

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

export interface RoundOutcome {
  readonly loss: number; // mean training loss in nats
  readonly updateBytes: number; // largest update frame
  readonly bytesUp: number; // all update frames
  readonly bytesDown: number; // plan, model or delta, and verdict frames, to the round's clients
  readonly macs: number; // multiply-accumulates of training, all clients
  readonly macsPerExample: number;
  readonly active: readonly number[]; // weights in use, by layer
}

export interface SimulatedRound extends RoundOutcome {
  readonly round: number;
  readonly accuracy: number | undefined; // 0 to 1; undefined where not evaluated
}

/** A model that goes from round to round. */
export interface Federation {
  /** Trains a round, from 1 on, with the clients of these shards, ascending. */
  train(round: number, clients: readonly number[]): RoundOutcome;
  /** How many of these the model gets right that the last round gave. */
  correct(examples: TrainingExamples): number;
}

export interface RoundsResult {
  readonly rounds: readonly SimulatedRound[];
  readonly accuracy: number; // mean over the last AVERAGED rounds, 0 to 1
}

/** The accuracy of a run is the mean over its last rounds, since one round is noisy. */
export const AVERAGED = 3;

/**
 * Runs all rounds; yields each as it ends.
 * @throws RangeError for settings that do not fit the shards
 */
export function* runRounds(
  settings: SimulationSettings,
  federation: Federation,
): Generator<SimulatedRound, RoundsResult> {
  const { recipe, seed, cohort, shards, evaluateEvery } = settings;
  if (!Number.isInteger(cohort) || cohort < 1 || cohort > shards.length) {
    throw new RangeError(`cohort ${cohort}, expected 1 to ${shards.length}, the number of clients`);
  }
  const sets = testSets(settings);
  const random = new Random(mix(seed, 0xc0));
  const rounds: SimulatedRound[] = [];
  for (let round = 1; round <= recipe.rounds; round++) {
    const outcome = federation.train(round, draw(shards.length, cohort, random));
    const isLast = round > recipe.rounds - AVERAGED;
    const isDue = isLast || (evaluateEvery > 0 && round % evaluateEvery === 0);
    const result = { round, accuracy: isDue ? accuracyOf(federation, sets) : undefined, ...outcome };
    rounds.push(result);
    yield result;
  }
  const last = rounds.slice(-AVERAGED);
  return { rounds, accuracy: last.reduce((sum, { accuracy }) => sum + (accuracy ?? 0), 0) / last.length };
}

/** The name of a client as a device. */
export function deviceOf(client: number): string {
  return `client-${client}`;
}

function testSets({ shards, test, recipe, validate }: SimulationSettings): TrainingExamples[] {
  if (!validate) return [test];
  const sets = shards.map((shard) => heldBackPart(shard, recipe.holdBackEvery));
  if (sets.some((set) => set.count > 0)) return sets;
  throw new RangeError(
    `hold back 1 of ${recipe.holdBackEvery}, expected a client that holds an example back`,
  );
}

function accuracyOf(federation: Federation, sets: readonly TrainingExamples[]): number {
  let correct = 0;
  let count = 0;
  for (const set of sets) {
    correct += federation.correct(set);
    count += set.count;
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
