import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Collection } from '../../../broker/rounds/collection.js';
import { referenceOf } from '../../../broker/rounds/reference.js';
import { hashFrame } from '../../../broker/storage/hash.js';
import { localRound } from '../../../firmware/federation/localround.js';
import { initialModel } from '../../../shared/model/initial.js';
import { type Model, sourceOf } from '../../../shared/model/model.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import { planTraining } from '../../../shared/model/training.js';
import { frameCrc } from '../../../shared/protocol/frame.js';
import { encodeModel } from '../../../shared/protocol/model.js';
import { encodePlan, type Plan } from '../../../shared/protocol/plan.js';
import { decodeUpdate, encodeUpdate } from '../../../shared/protocol/update.js';
import { digitModel, digitShards } from '../../firmware/trainer/digits.js';

const test = suite('rounds with a mask');

const SHARDS = digitShards(6);
const DEVICES = ['a', 'b', 'c'];
const RECIPE = recipeOf('mask', 0.2, { rounds: 8, reviseEvery: 3, growth: 0.3, optimizer: 'none' });

function planOf(model: Model, round: number): Plan {
  const frame = encodeModel(model);
  return {
    ...{ federation: 1, taskSeed: 5, round, attempt: 1, deadlineMs: 0 },
    modelHash: hashFrame(frame),
    modelCrc: frameCrc(frame),
    cohort: { kind: 'threshold', seed: 0, threshold: 0xffffffff },
    ...planTraining(RECIPE, model.head.layout, round, model),
  };
}

function collectionOf(plan: Plan, model: Model): Collection {
  const terms = { round: plan.round, attempt: 1, cohort: 3, goal: 3, minimum: 3, announcedMs: 0 };
  return new Collection({ ...terms, planFrame: encodePlan(plan) }, model);
}

function frameOf(plan: Plan, model: Model, device: string): Uint8Array {
  const examples = SHARDS[DEVICES.indexOf(device)];
  const run = localRound({ plan, device, model: sourceOf(model), examples, sliceMacs: 5000 });
  for (;;) {
    const step = run.next();
    if (step.done) return step.value.frame;
  }
}

function nonzero({ head, parameters }: Model, index: number): number[] {
  const { offset, length } = head.layout.layers[index].weights;
  const places: number[] = [];
  new Int16Array(parameters, offset, length).forEach((w, i) => {
    if (w !== 0) places.push(i);
  });
  return places;
}

test('what is not 0 is the mask: it stays between revisions, and no frame spends a byte on it', () => {
  let model = initialModel(digitModel(32), 1);
  const masks: string[] = [];
  for (let round = 1; round <= 8; round++) {
    const plan = planOf(model, round);
    const collection = collectionOf(plan, model);
    const reference = referenceOf(model, plan);
    for (const device of round % 2 === 0 ? DEVICES : [...DEVICES].reverse()) {
      const frame = frameOf(plan, model, device);
      const numbers = plan.layers.reduce((sum, { sent }) => sum + 2 * sent, 0) + 2 * 42;
      assert.is(frame.length, 16 + 36 + 2 * 12 + numbers);
      assert.is(collection.judge(device, frame).kind, 'accepted');
    }
    ({ model } = collection.result(undefined));
    for (const index of [0, 1]) assert.equal(nonzero(model, index), [...reference(index)!], `round ${round}`);
    masks.push(nonzero(model, 0).join());
  }
  // revised in rounds 1 and 4; in round 7 nothing grows any more
  assert.equal(
    masks.map((mask, i) => i > 0 && mask === masks[i - 1]),
    [false, true, true, false, true, true, true, true],
  );
});

test('an update with a mask of its own is refused', () => {
  const model = initialModel(digitModel(32), 1);
  const plan = planOf(model, 1);
  const reference = referenceOf(model, plan);
  const { layout } = model.head;
  const update = decodeUpdate(frameOf(plan, model, 'a'), 'a', layout, reference);
  const [first, second] = update.layers;
  const places = first.positions as Uint32Array;
  const other = places.map((place, i) => (i === places.length - 1 ? (place + 1) % 2048 : place)).sort();
  const frame = encodeUpdate(
    { ...update, layers: [{ ...first, positions: other }, second] },
    layout,
    reference,
  );
  const collection = collectionOf(plan, model);
  assert.is(collection.judge('a', frame).kind, 'wrong counts');
  assert.is(collection.judge('a', encodeUpdate(update, layout, reference)).kind, 'accepted');
});

test.run();
