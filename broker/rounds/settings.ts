/**
 * What an operator decides about the rounds. Checked once, when a coordinator is made.
 * @module
 */
import type { Recipe } from '../../shared/model/recipe.js';
import { MAX_UPDATES } from '../aggregation/sums.js';

export interface RoundSettings {
  readonly taskSeed: number; // uint32, the same for the whole task
  readonly recipe: Recipe; // what is trained and for how many rounds
  readonly cohort: number; // boards drawn per round, 1 to 1,000,000
  readonly goal: number; // reports that end a round, 1 to cohort and MAX_UPDATES
  readonly minimum: number; // reports without which a deadline abandons the round, 1 to goal
  readonly deadlineMs: number; // from the announcement, 0 = none
  readonly gatherMs: number; // after this the `minimum` of ready boards is enough to begin, 0 = never
  readonly maxDevices: number; // in the registry, 1 to 1,000,000
}

const DAY_MS = 86_400_000;

/** @throws RangeError naming the setting, its value and what was expected */
export function checkRoundSettings(settings: RoundSettings): void {
  const { taskSeed, cohort, goal, minimum, deadlineMs, gatherMs, maxDevices } = settings;
  integer('task seed', taskSeed, 0, 0xffffffff);
  integer('cohort', cohort, 1, 1_000_000);
  integer('goal', goal, 1, Math.min(cohort, MAX_UPDATES));
  integer('minimum', minimum, 1, goal);
  integer('deadline', deadlineMs, 0, DAY_MS);
  integer('gather', gatherMs, 0, DAY_MS);
  integer('max devices', maxDevices, 1, 1_000_000);
}

function integer(name: string, value: number, from: number, to: number): void {
  if (!Number.isInteger(value) || value < from || value > to) {
    throw new RangeError(`${name} ${value}, expected an integer from ${from} to ${to}`);
  }
}
