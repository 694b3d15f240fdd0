import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deltaFrom } from '../../../broker/rounds/base.js';
import { hashFrame } from '../../../broker/storage/hash.js';
import { decodeDeltaHead } from '../../../shared/protocol/delta.js';
import { encodeModel } from '../../../shared/protocol/model.js';
import { applied } from '../../shared/protocol/applied.js';
import { isSameBytes } from '../../shared/protocol/samples.js';
import { Folders } from '../folder.js';
import { firstModel, recipe, roundSettings } from '../task.js';
import { Room, turns } from './room.js';

const test = suite('coordinator, delta');

const folders = new Folders();
const rooms: Room[] = [];

const ROUNDS = 6;
const SETTINGS = roundSettings(2, { recipe: recipe({ rounds: ROUNDS }) });

function room(folder: string): Room {
  const made = new Room(folder, SETTINGS);
  rooms.push(made);
  return made;
}

test.after(() => {
  for (const made of rooms) made.close();
  folders.remove();
});

async function round(it: Room): Promise<void> {
  await it.ready(['a', 'b']);
  await it.reportAll(['a', 'b']);
}

test('each commit publishes the delta from the model before, ahead of the plan that promises it', async () => {
  const it = room(folders.make());
  await it.ready(['a', 'b']);
  assert.is(it.plan.deltaBase, undefined);
  for (let number = 1; number < ROUNDS; number++) {
    const before = it.modelFrame;
    await it.reportAll(['a', 'b']);
    assert.is(it.plan.deltaBase, hashFrame(before));
    assert.is(decodeDeltaHead(it.deltaFrame).next.hash, it.plan.modelHash);
    assert.ok(isSameBytes(applied(it.deltaFrame, before).frame, it.modelFrame));
    assert.ok(it.deltaFrame.length <= 0.75 * it.modelFrame.length);
    assert.equal(
      it.sent.slice(-3).map(({ kind }) => kind),
      ['model', 'delta', 'plan'],
    );
  }
});

test('after a restart the same delta is there before the plan', async () => {
  const folder = folders.make();
  const before = room(folder);
  for (let number = 1; number <= 3; number++) await round(before);
  const { deltaFrame, planFrame } = before;
  before.close();

  const after = room(folder);
  await turns();
  assert.equal(
    after.sent.map(({ kind }) => kind),
    ['model', 'delta', 'plan'],
  );
  assert.ok(isSameBytes(after.deltaFrame, deltaFrame));
  assert.ok(isSameBytes(after.planFrame, planFrame));
});

for (const [what, harm] of [
  ['lost', (path: string) => rmSync(path)],
  ['changed', (path: string) => writeFileSync(path, readFileSync(path).fill(7, 100, 108))],
] as const) {
  test(`when the file of the model before is ${what}, a restarted broker goes on without a delta`, async () => {
    const folder = folders.make();
    const before = room(folder);
    await round(before);
    await before.reportAll(['a', 'b']);
    before.close();
    harm(join(folder, 'models', 'round-000001.model'));

    const after = room(folder);
    await turns();
    assert.equal(
      after.sent.map(({ kind }) => kind),
      ['model', 'plan'],
    );
    await round(after);
    assert.ok(after.plan.deltaBase !== undefined);
    assert.is(after.failure, undefined);
  });
}

test('a round that is announced again promises the delta again', async () => {
  const it = new Room(folders.make(), roundSettings(2, { minimum: 2, deadlineMs: 1000 }));
  rooms.push(it);
  await round(it);
  const { deltaBase } = it.plan;
  assert.ok(deltaBase !== undefined);
  await it.advance(1000);
  assert.equal([it.plan.round, it.plan.attempt, it.plan.deltaBase], [2, 2, deltaBase]);
});

test('a delta that saves less than a quarter of the model is none, nor is one without a change', () => {
  const named = (frame: Uint8Array) => ({ frame, hash: hashFrame(frame) });
  const before = named(encodeModel(firstModel()));
  const all = firstModel();
  const view = new Int16Array(all.parameters);
  for (let i = 0; i < view.length; i++) view[i] ^= 0x5555 ^ (i * 977);
  assert.is(deltaFrom(before, named(encodeModel(all))), undefined);
  assert.is(deltaFrom(before, before), undefined);
  const one = firstModel();
  new Int16Array(one.parameters)[5] += 1;
  assert.is(deltaFrom(before, named(encodeModel(one)))?.base, before.hash);
});

test.run();
