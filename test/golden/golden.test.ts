import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LayerDescription } from '../../shared/model/layer.js';
import { PRESETS } from '../../shared/model/recipe.js';
import { ZOO } from '../../tools/datasets/zoo.js';
import { type GoldenHashes, hashesOf } from './hash.js';
import { coverOf, goldenRun, METHOD_NAMES, NAMES, ZOO_NAMES } from './run.js';

const test = suite('golden');

const GOLDEN = JSON.parse(readFileSync(join(import.meta.dirname, 'golden.json'), 'utf8')) as Record<
  string,
  GoldenHashes
>;

/** All there are: the compiler asks for a new one. */
const KINDS: Readonly<Record<LayerDescription['kind'], true>> = {
  dense: true,
  conv1d: true,
  conv2d: true,
  depthwise2d: true,
  maxpool: true,
  avgpool: true,
  globalavgpool: true,
};

/** One row at a time, odd numbers, everything at once. */
const SLICES = [1, 777, 10_001, Number.POSITIVE_INFINITY];

test('there is a hash for every run, and no other', () => {
  assert.equal(Object.keys(GOLDEN), NAMES);
});

for (const name of NAMES) {
  const isLong = METHOD_NAMES.includes(name);
  test(`${name}: ${isLong ? '500' : 'a few'} steps give the golden weights and update, however they are sliced`, () => {
    for (const slice of SLICES) {
      const result = goldenRun(name, slice);
      assert.ok(result.steps >= (isLong ? 500 : 3), `${result.steps} steps`);
      assert.equal(hashesOf(result), GOLDEN[name], `slices of ${slice}`);
    }
  });
}

test('no two runs end alike but for the training that swat and zerofl share, and every run moves many weights', () => {
  const updates = NAMES.map((name) => GOLDEN[name].update);
  const weights = NAMES.map((name) => GOLDEN[name].weights);
  const shared = ZOO_NAMES.filter((name) => name.endsWith(', zerofl'));
  for (const name of shared) {
    assert.is(GOLDEN[name].weights, GOLDEN[name.replace('zerofl', 'swat')].weights, name);
  }
  assert.is(new Set([...updates, ...weights]).size, 2 * NAMES.length - shared.length);
  for (const name of NAMES) {
    const { weights: after, start } = goldenRun(name, Number.POSITIVE_INFINITY);
    const before = new Int16Array(start.buffer);
    const moved = new Int16Array(after.buffer).filter((w, i) => w !== before[i]).length;
    assert.ok(
      moved > before.length / (METHOD_NAMES.includes(name) ? 10 : 20),
      `${name}: ${moved} of ${before.length}`,
    );
  }
});

test('every preset and every kind of layer is in a golden run, and every network of the zoo with every preset', () => {
  const kinds = NAMES.flatMap((name) => coverOf(name).kinds);
  for (const kind of Object.keys(KINDS)) assert.ok(kinds.includes(kind), kind);
  for (const preset of PRESETS) {
    assert.ok(
      METHOD_NAMES.some((name) => coverOf(name).preset === preset),
      preset,
    );
    for (const { name } of ZOO) assert.ok(ZOO_NAMES.includes(`${name}, ${preset}`), `${name}, ${preset}`);
  }
});

test.run();
