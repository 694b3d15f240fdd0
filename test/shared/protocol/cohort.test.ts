import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isInCohort } from '../../../shared/protocol/cohort.js';
import { deviceHash } from '../../../shared/protocol/device.js';

const test = suite('protocol/cohort');
const names = Array.from({ length: 2000 }, (_, i) => `esp32-${i.toString(16).padStart(12, '0')}`);

test('the hash of a device is FNV-1a', () => {
  assert.is(deviceHash(''), 0x811c9dc5);
  assert.is(deviceHash('a'), 0xe40c292c);
  assert.is(deviceHash('foobar'), 0xbf9cf968);
});

test('two thousand boards have two thousand hashes', () => {
  assert.is(new Set(names.map(deviceHash)).size, names.length);
});

test('a list holds whom it names', () => {
  const devices = names
    .slice(0, 256)
    .map(deviceHash)
    .sort((a, b) => a - b);
  const members = names.filter((name) => isInCohort({ kind: 'list', devices }, deviceHash(name)));
  assert.equal(members, names.slice(0, 256));
});

test('a threshold takes its part, another one for another seed', () => {
  const threshold = 0.1 * 2 ** 32;
  const membersOf = (seed: number) =>
    names.filter((name) => isInCohort({ kind: 'threshold', seed, threshold }, deviceHash(name)));
  const first = membersOf(1);
  const second = membersOf(2);
  for (const members of [first, second]) assert.ok(members.length > 150 && members.length < 250);
  assert.ok(first.filter((name) => second.includes(name)).length < 50);
});

test('a threshold of 0 takes nobody', () => {
  const cohort = { kind: 'threshold', seed: 3, threshold: 0 } as const;
  assert.is(names.filter((name) => isInCohort(cohort, deviceHash(name))).length, 0);
});

test.run();
