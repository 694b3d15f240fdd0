import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Evaluate, Store } from '../../../broker/rounds/ports.js';
import { hashFrame } from '../../../broker/storage/hash.js';
import { frameCrc } from '../../../shared/protocol/frame.js';
import { encodeMetrics } from '../../../shared/protocol/metrics.js';
import { Folders } from '../folder.js';
import { devices, recipe, roundSettings, statusFrame, updateFrame } from '../task.js';
import { Room, turns } from './room.js';

const test = suite('coordinator');

const folders = new Folders();
const rooms: Room[] = [];

function room(...[folder, settings, options]: ConstructorParameters<typeof Room>): Room {
  const made = new Room(folder, settings, options);
  rooms.push(made);
  return made;
}

const fresh = (...[settings, options]: [Parameters<typeof room>[1], Parameters<typeof room>[2]?]) =>
  room(folders.make(), settings, options);

test.after(() => {
  for (const made of rooms) made.close();
  folders.remove();
});

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** All rounds with everybody's reports in the order that `arrange` gives; the final model. */
async function run(boards: string[], arrange: (names: string[], round: number) => string[]): Promise<string> {
  const it = fresh(roundSettings(boards.length));
  await it.ready(boards);
  for (let round = 1; round <= 3; round++) for (const name of arrange(boards, round)) await it.report(name);
  assert.is(it.of('finished').length, 1);
  return hex(it.modelFrame);
}

test('waits until the goal of boards is ready, then publishes the model before the plan that names it', async () => {
  const it = fresh(roundSettings(3));
  await it.ready(['a', 'b']);
  assert.equal(
    it.sent.map(({ kind }) => kind),
    ['model'],
  );
  assert.equal(it.of('waiting').at(-1), { kind: 'waiting', ready: 2, wanted: 3 });
  await it.ready(['c']);
  assert.equal(
    it.sent.map(({ kind }) => kind),
    ['model', 'plan'],
  );
  assert.is(it.plan.modelHash, hashFrame(it.modelFrame));
  assert.is(it.plan.modelCrc, frameCrc(it.modelFrame));
  assert.equal([it.plan.round, it.plan.attempt], [1, 1]);
});

test('a board without examples, gone or still joining is not drawn', async () => {
  const it = fresh(roundSettings(1));
  await it.coordinator.receiveStatus('a', statusFrame('ready', undefined, 0));
  await it.coordinator.receiveStatus('b', statusFrame('joining'));
  const came = it.coordinator.receiveStatus('c', statusFrame('ready'));
  it.coordinator.receiveGone('c');
  await came;
  await turns();
  assert.equal(it.of('announced'), []);
});

test('the goal ends the round: commit, new model, next plan', async () => {
  const it = fresh(roundSettings(3));
  await it.ready(['a', 'b', 'c']);
  const first = it.modelFrame;
  assert.is(await it.report('a'), 'accepted');
  assert.is(await it.report('b'), 'accepted');
  assert.equal(it.story, ['started', 'announced']);
  assert.is(await it.report('c'), 'accepted');
  assert.equal(it.story, ['started', 'announced', 'committed', 'announced']);
  assert.equal(
    it.sent.map(({ kind }) => kind),
    ['model', 'plan', 'verdict', 'verdict', 'verdict', 'model', 'delta', 'plan'],
  );
  assert.is(it.plan.round, 2);
  assert.is(it.plan.modelHash, hashFrame(it.modelFrame));
  assert.is.not(hex(it.modelFrame), hex(first));
});

test('an update is counted once, and its second copy is told so', async () => {
  const it = fresh(roundSettings(2));
  await it.ready(['a', 'b']);
  const frame = updateFrame(it.plan, it.model, 'a');
  assert.is(await it.tell('a', frame), 'accepted');
  assert.is(await it.tell('a', frame), 'duplicate');
  assert.equal(it.of('committed'), []);
  await it.report('b');
  assert.is(it.of('committed')[0].reported, 2);
});

test('two copies in one turn are counted once', async () => {
  const it = fresh(roundSettings(2));
  await it.ready(['a', 'b']);
  const frame = updateFrame(it.plan, it.model, 'a');
  await Promise.all([it.coordinator.receiveUpdate('a', frame), it.coordinator.receiveUpdate('a', frame)]);
  assert.equal(it.verdicts.map(({ kind }) => kind).sort(), ['accepted', 'duplicate']);
  assert.equal(it.of('committed'), []);
});

test('the order of arrival changes no bit of the final model', async () => {
  const boards = devices(5);
  const straight = await run(boards, (names) => names);
  assert.is(await run(boards, (names) => [...names].reverse()), straight);
  assert.is(await run(boards, (names, round) => names.map((_, i) => names[(2 * i + round) % 5])), straight);
});

test('every wrong update gets its reason and counts nothing', async () => {
  const it = fresh(roundSettings(2));
  assert.is(await it.tell('a', Uint8Array.of(1, 2, 3)), 'malformed');
  await it.ready(['a', 'b']);
  const { plan, model } = it;
  const good = updateFrame(plan, model, 'a');
  const damaged = good.slice();
  damaged[damaged.length - 1] ^= 1;
  const { layers } = plan;
  const more = { ...plan, layers: layers.map((layer) => ({ ...layer, sent: layer.sent - 1 })) };
  assert.is(await it.tell('a', damaged), 'malformed');
  assert.is(await it.tell('a', good.subarray(0, 40)), 'malformed');
  assert.is(await it.report('a', { round: 2 }), 'wrong round');
  assert.is(await it.report('a', { attempt: 2 }), 'wrong attempt');
  assert.is(await it.report('a', { baseHash: 'feedfeedfeedfeed' }), 'wrong base model');
  assert.is(await it.tell('a', updateFrame(more, model, 'a')), 'wrong counts');
  assert.is(await it.tell('a', updateFrame(plan, model, 'b')), 'wrong device');
  assert.is(await it.report('late'), 'not in cohort');
  assert.is(await it.report('a'), 'accepted');
  assert.is(it.of('report').at(-1)?.reported, 1);
});

test('a verdict names the update that it judges', async () => {
  const it = fresh(roundSettings(1));
  await it.ready(['a']);
  const frame = updateFrame(it.plan, it.model, 'a', { round: 9, attempt: 4 });
  await it.tell('a', frame);
  const update = frameCrc(frame);
  assert.equal(it.verdicts, [{ device: 'a', update, round: 9, attempt: 4, kind: 'wrong round' }]);
});

test('before the first plan an update is of the wrong round', async () => {
  const it = fresh(roundSettings(1));
  const other = fresh(roundSettings(1));
  await other.ready(['a']);
  assert.is(await it.tell('a', updateFrame(other.plan, other.model, 'a')), 'wrong round');
});

test('a full round takes no more, and a straggler is told', async () => {
  const it = fresh(roundSettings(3, { goal: 2, minimum: 1 }));
  await it.ready(['a', 'b', 'c']);
  const frames = ['a', 'b', 'c'].map((name) => updateFrame(it.plan, it.model, name));
  await Promise.all(['a', 'b', 'c'].map((name, i) => it.coordinator.receiveUpdate(name, frames[i])));
  assert.equal(it.verdicts.map(({ kind }) => kind).sort(), ['accepted', 'accepted', 'round closed']);
  await turns();
  assert.is(it.of('committed')[0].reported, 2);
  assert.is(await it.tell('c', frames[2]), 'wrong round');
});

test('a board that reported and left still counts', async () => {
  const it = fresh(roundSettings(2));
  await it.ready(['a', 'b']);
  await it.report('a');
  it.coordinator.receiveGone('a');
  await it.report('b');
  assert.is(it.of('committed')[0].reported, 2);
  assert.equal(it.story.slice(-2), ['committed', 'waiting']); // only b is there for the next round
});

test('a board that joins late waits for the next plan', async () => {
  const it = fresh(roundSettings(1));
  await it.ready(['a']);
  await it.ready(['b']);
  assert.is(await it.report('b'), 'not in cohort');
  assert.is(it.of('announced').length, 1);
  await it.report('a');
  assert.is(it.plan.round, 2);
});

test('the deadline commits what has come when it is the minimum', async () => {
  const it = fresh(roundSettings(3, { minimum: 2, deadlineMs: 1000 }));
  await it.ready(['a', 'b', 'c']);
  await it.report('a');
  await it.report('c');
  await it.advance(999);
  assert.equal(it.of('committed'), []);
  await it.advance(1);
  assert.is(it.of('committed')[0].reported, 2);
  assert.is(it.coordinator.clients.find(({ device }) => device === 'b')?.failures, 1);
});

test('below the minimum the deadline abandons the round, and it is announced again from the same model', async () => {
  const it = fresh(roundSettings(3, { minimum: 2, deadlineMs: 1000 }));
  await it.ready(['a', 'b', 'c']);
  const { plan, model } = it;
  await it.report('a');
  await it.advance(1000);
  assert.equal(it.story.slice(-2), ['abandoned', 'announced']);
  assert.equal([it.plan.round, it.plan.attempt, it.plan.modelHash], [1, 2, plan.modelHash]);
  assert.is(await it.tell('b', updateFrame(plan, model, 'b')), 'wrong attempt');
  await it.reportAll(['a', 'b', 'c']);
  assert.is(it.of('committed')[0].reported, 3);
});

test('a deadline leaves the next round alone when the goal came first', async () => {
  const it = fresh(roundSettings(2, { deadlineMs: 1000 }));
  await it.ready(['a', 'b']);
  await it.advance(900);
  await it.reportAll(['a', 'b']);
  assert.is(it.plan.round, 2);
  await it.advance(200);
  assert.equal(it.of('abandoned'), []);
});

test('an update that is not on disk yet when the deadline passes belongs to its round only', async () => {
  const it = fresh(roundSettings(2, { minimum: 1, deadlineMs: 1000 }));
  await it.ready(['a', 'b']);
  const reporting = it.coordinator.receiveUpdate('a', updateFrame(it.plan, it.model, 'a'));
  it.clock.advance(1000);
  await reporting;
  await turns();
  assert.is(it.of('committed')[0].reported, 1);
  assert.is(await it.report('b'), 'accepted');
  assert.is(it.of('committed').length, 1); // one report of round 2 is not its goal
});

test('when gathering takes too long the minimum of boards begins', async () => {
  const it = fresh(roundSettings(3, { minimum: 2, gatherMs: 500 }));
  await it.ready(['a', 'b']);
  assert.equal(it.of('announced'), []);
  await it.advance(500);
  assert.is(it.of('announced')[0].cohort, 2);
  await it.reportAll(['a', 'b']); // the goal follows the cohort
  assert.is(it.of('committed').length, 1);
});

test('patience that has ended still waits for the minimum', async () => {
  const it = fresh(roundSettings(3, { minimum: 2, gatherMs: 500 }));
  await it.advance(500);
  await it.ready(['a']);
  assert.equal(it.of('announced'), []);
  await it.ready(['b']);
  assert.is(it.of('announced').length, 1);
});

test('a committed round tells accuracy, loss, bytes and work', async () => {
  const evaluate: Evaluate = () => ({ count: 200, correct: 150, loss: 0.5 });
  const it = fresh(roundSettings(2), { evaluate });
  await it.ready(['a', 'b']);
  const up = ['a', 'b'].reduce((sum, name) => sum + updateFrame(it.plan, it.model, name).length, 0);
  const [model, plan] = [it.modelFrame.length, it.planFrame.length];
  await it.report('a');
  await it.report('b');
  const round = it.of('committed')[0];
  assert.is(round.accuracy, 0.75);
  assert.is(round.testLoss, 0.5);
  assert.is(round.loss, 1);
  assert.is(round.heldBackAccuracy, 0.75);
  assert.is(round.bytesUp, up);
  assert.is(round.bytesDown, model + plan + 2 * 28); // two verdicts
  assert.is(round.denseMacsPerExample, 2 * 48 + 3 * 18);
  assert.ok(round.macsPerExample > 0);
  assert.equal(it.coordinator.committed, [it.coordinator.committed[0]]);
});

test('after the last round the final model is saved and nothing more is announced', async () => {
  const it = fresh(roundSettings(1, { recipe: recipe({ rounds: 2 }) }));
  await it.ready(['a']);
  await it.report('a');
  await it.report('a');
  const [finished] = it.of('finished');
  assert.is(finished.rounds, 2);
  assert.is(it.of('announced').length, 2);
  await it.ready(['b']);
  assert.is(it.of('announced').length, 2);
});

test('metrics are told on, unreadable ones are not missed', async () => {
  const it = fresh(roundSettings(1));
  const metrics = {
    round: 1,
    attempt: 1,
    trainMs: 5,
    slices: 2,
    macs: 9,
    bytesUp: 1,
    bytesDown: 1,
    reconnects: 0,
    longestSliceMs: 4,
    freeBytes: 3,
    heapBytes: 0,
    chunkBytes: 0,
    slots: 0,
    millijoules: 0,
    rssi: -70,
    reset: 'power' as const,
  };
  it.coordinator.receiveMetrics('a', Uint8Array.of(9));
  it.coordinator.receiveMetrics('a', encodeMetrics(metrics));
  assert.equal(it.of('metrics'), [{ kind: 'metrics', device: 'a', metrics }]);
});

test('an unreadable status is answered and registers nobody', async () => {
  const it = fresh(roundSettings(1));
  await it.coordinator.receiveStatus('a', Uint8Array.of(1));
  assert.is(it.verdicts[0].kind, 'malformed');
  assert.equal(it.coordinator.clients, []);
});

test('a data folder that fails ends the federation without a verdict', async () => {
  const failing = (store: Store) =>
    new Proxy(store, {
      get: (target, name) => {
        if (name === 'accept') return () => Promise.reject(new Error('disk full'));
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  const it = fresh(roundSettings(1), { wrap: failing });
  await it.ready(['a']);
  const message = await it.coordinator.receiveUpdate('a', updateFrame(it.plan, it.model, 'a')).then(
    () => 'acknowledged',
    (error: Error) => error.message,
  );
  assert.is(message, 'disk full');
  assert.is(it.failure?.message, 'disk full');
  assert.equal(it.verdicts, []);
});

// Resuming

test('a restart between accept and seal goes on with the same plan, and the final model is the same', async () => {
  const boards = devices(4);
  const undisturbed = await run(boards, (names) => names);
  const folder = folders.make();
  const before = room(folder, roundSettings(4));
  await before.ready(boards);
  await before.report(boards[0]);
  await before.report(boards[1]);
  const { planFrame } = before;
  before.close();

  const after = room(folder, roundSettings(4));
  await turns();
  assert.is(hex(after.planFrame), hex(planFrame));
  assert.is(await after.report(boards[1]), 'duplicate');
  await after.report(boards[2]);
  await after.report(boards[3]);
  assert.is(after.of('committed')[0].reported, 4);
  await after.ready(boards);
  for (let round = 2; round <= 3; round++) for (const name of boards) await after.report(name);
  assert.is(hex(after.modelFrame), undisturbed);
});

test('a restart between seal and commit finishes the sealed round without any board', async () => {
  const undisturbed = fresh(roundSettings(2));
  await undisturbed.ready(['a', 'b']);
  await undisturbed.reportAll(['a', 'b']);

  const folder = folders.make();
  const crashing = (store: Store) =>
    new Proxy(store, {
      get: (target, name) => {
        if (name === 'commit') throw new Error('power lost');
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  const before = room(folder, roundSettings(2), { wrap: crashing });
  await before.ready(['a', 'b']);
  await before.reportAll(['b', 'a']);
  assert.is(before.failure?.message, 'power lost');
  before.close();
  writeFileSync(join(folder, 'models', 'round-000001.model'), 'the new model, but not committed');

  const after = room(folder, roundSettings(2));
  await turns();
  assert.is(after.of('committed')[0].reported, 2);
  assert.is(hex(after.modelFrame), hex(undisturbed.modelFrame));
});

for (const optimizer of ['momentum', 'adam'] as const) {
  test(`${optimizer}: restarts in and between rounds change no bit of the final model`, async () => {
    const settings = roundSettings(2, { recipe: recipe({ optimizer }) });
    const undisturbed = fresh(settings);
    await undisturbed.ready(['a', 'b']);
    for (let round = 1; round <= 3; round++) await undisturbed.reportAll(['a', 'b']);
    assert.is(undisturbed.of('finished').length, 1);

    const folder = folders.make();
    for (let round = 1; round <= 3; round++) {
      const before = room(folder, settings);
      await before.ready(['a', 'b']);
      await before.report('b');
      before.close();
      const after = room(folder, settings);
      await after.ready(['a']);
      await after.report('a');
      assert.is(after.of('committed').length, 1);
      after.close();
      if (round === 3) assert.is(hex(after.modelFrame), hex(undisturbed.modelFrame));
    }
  });
}

test('a restart after an abandoned attempt counts attempts on', async () => {
  const folder = folders.make();
  const settings = roundSettings(2, { minimum: 2, deadlineMs: 1000 });
  const before = room(folder, settings);
  await before.ready(['a', 'b']);
  before.coordinator.receiveGone('b');
  await before.advance(1000);
  assert.equal(before.story.slice(-2), ['abandoned', 'waiting']);
  before.close();

  const after = room(folder, settings);
  await after.ready(['a', 'b']);
  assert.equal([after.plan.round, after.plan.attempt], [1, 2]);
});

for (const [what, startMs, leftMs] of [
  ['what is left of it', 45_000, 15_000],
  ['a second when it passed meanwhile', 100_000, 1000],
  ['all of it when the time of day jumped back', -5000, 60_000],
] as const) {
  test(`after a restart a deadline has ${what}`, async () => {
    const folder = folders.make();
    const settings = roundSettings(2, { minimum: 1, deadlineMs: 60_000 });
    const before = room(folder, settings);
    await before.ready(['a', 'b']);
    await before.report('a');
    before.close();

    const after = room(folder, settings, { startMs });
    await turns();
    await after.advance(leftMs - 1);
    assert.equal(after.of('committed'), []);
    await after.advance(1);
    assert.is(after.of('committed')[0].reported, 1);
  });
}

test('a finished federation only says so again', async () => {
  const folder = folders.make();
  const settings = roundSettings(1, { recipe: recipe({ rounds: 1 }) });
  const before = room(folder, settings);
  await before.ready(['a']);
  await before.report('a');
  before.close();
  const after = room(folder, settings);
  await turns();
  assert.equal(after.story, ['started', 'finished']);
  assert.is(hex(after.modelFrame), hex(before.modelFrame));
});

test('settings out of range are refused by name', () => {
  for (const [changes, message] of [
    [{ cohort: 0, goal: 0 }, 'cohort 0, expected an integer from 1 to 1000000'],
    [{ goal: 4 }, 'goal 4, expected an integer from 1 to 3'],
    [{ minimum: 0 }, 'minimum 0, expected an integer from 1 to 3'],
    [{ deadlineMs: -1 }, 'deadline -1, expected an integer from 0 to 86400000'],
  ] as const) {
    assert.throws(() => fresh(roundSettings(3, changes)), message);
  }
});

test.run();
