import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Collection } from '../../../broker/rounds/collection.js';
import { Random } from '../../../shared/fixed/random.js';
import { type Recipe, recipeOf } from '../../../shared/model/recipe.js';
import { planTraining } from '../../../shared/model/training.js';
import { deviceHash } from '../../../shared/protocol/device.js';
import { encodePlan, type Plan } from '../../../shared/protocol/plan.js';
import type { VerdictKind } from '../../../shared/protocol/verdict.js';
import { devices, firstModel, TASK_SEED, updateFrame } from '../task.js';

const test = suite('order of updates');

const NAMES = devices(9);
const [STRANGER, ...COHORT] = NAMES;

/** A message as it arrives, and what its sender must be told. */
interface Arrival {
  readonly device: string;
  readonly frame: Uint8Array;
  readonly kind: VerdictKind;
}

function planOf(recipe: Recipe): Plan {
  const model = firstModel();
  return {
    ...{ federation: 1, taskSeed: TASK_SEED, round: 2, attempt: 1, modelHash: '0011223344556677' },
    ...{ modelCrc: 0, deadlineMs: 0 },
    cohort: { kind: 'list', devices: COHORT.map(deviceHash).sort((a, b) => a - b) },
    ...planTraining(recipe, model.head.layout, 2, model),
  };
}

/** Each accepted update once; any of them again later; frames that are broken or of others in between. */
function arrivals(plan: Plan, random: Random): Arrival[] {
  const { valueBits } = plan.method;
  const frameOf = (device: string, from = plan) => updateFrame(from, firstModel(), device, { valueBits });
  const waiting = COHORT.map((device) => ({ device, frame: frameOf(device) }));
  const seen: { device: string; frame: Uint8Array }[] = [];
  const all: Arrival[] = [];
  while (waiting.length > 0) {
    const kind = random.below(5);
    const any = frameOf(COHORT[random.below(COHORT.length)]);
    if (kind === 0 && seen.length > 0) {
      all.push({ ...seen[random.below(seen.length)], kind: 'duplicate' });
    } else if (kind === 1) {
      any[random.below(any.length)] ^= 1 << random.below(8);
      all.push({ device: waiting[0].device, frame: any, kind: 'malformed' });
    } else if (kind === 2) {
      all.push({ device: STRANGER, frame: frameOf(STRANGER), kind: 'not in cohort' });
    } else if (kind === 3) {
      const { device } = waiting[random.below(waiting.length)];
      all.push({ device, frame: frameOf(device, { ...plan, round: 1 }), kind: 'wrong round' });
    } else {
      const [next] = waiting.splice(random.below(waiting.length), 1);
      seen.push(next);
      all.push({ ...next, kind: 'accepted' });
    }
  }
  return all;
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  sparrow: recipeOf('sparrow', 0.5),
  'sparrow with adam': recipeOf('sparrow', 0.5, { optimizer: 'adam' }),
  'zerofl with momentum, values of 8 bits': recipeOf('zerofl', 0.3, { optimizer: 'momentum', valueBits: 8 }),
  'zerofl, trained values of 8 bits': recipeOf('zerofl', 0.3, { uplink: 'top-k-weights', valueBits: 8 }),
  dense: recipeOf('dense', 1),
};

for (const [name, recipe] of Object.entries(RECIPES)) {
  test(`${name}: any order among duplicates, strangers and broken frames gives the same model and state`, () => {
    const plan = planOf(recipe);
    const goal = COHORT.length;
    const terms = { round: 2, attempt: 1, cohort: goal, goal, minimum: 1, announcedMs: 0 };
    const results = new Set<string>();
    const kinds = new Set<VerdictKind>();
    for (let trial = 0; trial < 30; trial++) {
      const random = new Random(trial);
      const collection = new Collection({ ...terms, planFrame: encodePlan(plan) }, firstModel());
      for (const { device, frame, kind } of arrivals(plan, random)) {
        assert.is(collection.judge(device, frame).kind, kind);
        kinds.add(kind);
      }
      assert.is(collection.round.reported, goal);
      const { model, state } = collection.result(undefined);
      results.add(Buffer.concat([new Uint8Array(model.parameters), state]).toString('hex'));
    }
    assert.is(results.size, 1);
    assert.is(kinds.size, 5);
  });
}

test.run();
