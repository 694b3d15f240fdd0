import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Round } from '../../../broker/rounds/round.js';
import type { ValueBits } from '../../../shared/model/delta.js';
import { layoutOf } from '../../../shared/model/layout.js';
import { planTraining } from '../../../shared/model/training.js';
import { deviceHash } from '../../../shared/protocol/device.js';
import type { Plan } from '../../../shared/protocol/plan.js';
import type { UpdateHead } from '../../../shared/protocol/update.js';
import { description, recipe } from '../task.js';

const test = suite('round');

const plan: Plan = {
  federation: 0,
  taskSeed: 1,
  round: 7,
  attempt: 2,
  modelHash: '00112233aabbccdd',
  modelCrc: 0,
  cohort: { kind: 'list', devices: ['a', 'b', 'c'].map(deviceHash).sort((x, y) => x - y) },
  deadlineMs: 0,
  ...planTraining(recipe(), layoutOf(description), 1),
};

function head(device: string, changes: Partial<UpdateHead> = {}): UpdateHead {
  return {
    deviceHash: deviceHash(device),
    round: 7,
    attempt: 2,
    baseHash: plan.modelHash,
    examples: 1,
    loss: 0,
    heldBack: 0,
    correct: 0,
    macs: 0,
    valueBits: 16,
    ...changes,
  };
}

test('a client is counted once', () => {
  const round = new Round({ plan, goal: 3, minimum: 1 });
  assert.is(round.judge('a', head('a')), 'accepted');
  assert.is(round.reported, 0); // judging counts nothing
  round.count('a');
  assert.is(round.judge('a', head('a')), 'duplicate');
  assert.is(round.reported, 1);
  assert.equal(round.stragglers(['a', 'b', 'x', 'c']), ['b', 'c']);
});

test('the first thing that is wrong is the verdict', () => {
  const round = new Round({ plan, goal: 3, minimum: 1 });
  const all = { round: 6, attempt: 1, baseHash: 'ffffffffffffffff' };
  assert.is(round.judge('x', head('a', all)), 'wrong device');
  assert.is(round.judge('x', head('x', all)), 'wrong round');
  assert.is(round.judge('x', head('x', { ...all, round: 7 })), 'wrong attempt');
  assert.is(round.judge('x', head('x', { ...all, round: 7, attempt: 2 })), 'not in cohort');
  assert.is(round.judge('a', head('a', { baseHash: all.baseHash })), 'wrong base model');
});

test('a full round and a closed one take no more, but know their duplicates', () => {
  const round = new Round({ plan, goal: 1, minimum: 1 });
  round.count('a');
  assert.ok(round.isFull);
  assert.is(round.judge('b', head('b')), 'round closed');
  assert.is(round.judge('a', head('a')), 'duplicate');
  const other = new Round({ plan, goal: 2, minimum: 1 });
  other.close();
  assert.is(other.judge('b', head('b')), 'round closed');
});

test('an update sends as many weights as were asked of each layer, or of all where that is the choice', () => {
  const counts = plan.layers.map(({ sent }) => sent);
  const of = (sent: number[], valueBits: ValueBits = 16) => ({
    valueBits,
    layers: sent.map((n) => ({
      ...{ positions: 'all' as const, shift: 0, biasShift: 0, biases: new Int16Array(0) },
      values: new Int16Array(n),
    })),
  });
  const round = new Round({ plan, goal: 1, minimum: 1 });
  const moved = [counts[0] - 1, counts[1] + 1];
  assert.ok(round.fits(of(counts)));
  assert.not(round.fits(of(moved)));
  assert.not(round.fits(of(counts, 8)));
  const method = { ...plan.method, uplink: 'global-top-k-weights' as const };
  const global = new Round({ plan: { ...plan, method }, goal: 1, minimum: 1 });
  assert.ok(global.fits(of(moved)));
  assert.not(global.fits(of([counts[0], counts[1] + 1])));
});

test('a goal or minimum that cannot be is refused by name', () => {
  assert.throws(() => new Round({ plan, goal: 0, minimum: 1 }), 'goal 0, expected 1 or more');
  assert.throws(() => new Round({ plan, goal: 2, minimum: 3 }), 'minimum 3, expected 1 to 2');
});

test.run();
