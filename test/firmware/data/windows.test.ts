import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MomentSums } from '../../../firmware/data/moments.js';
import { featuresOf, WindowExamples } from '../../../firmware/data/windows.js';
import { type Normal, normalOf } from '../../../shared/data/normal.js';
import { Random } from '../../../shared/fixed/random.js';
import { finish } from '../../../shared/masks/work.js';
import { NorChip, SECTOR_BYTES } from '../../../tools/emulator/chip.js';

const test = suite('live windows');

const SHAPE = { steps: 50, channels: 3, classes: 4 };
const PLAIN: Normal = { offset: 0, mantissa: 1, shift: 8 };
const NORMALS = [PLAIN, PLAIN, PLAIN];

function windowOf(seed: number): Int16Array {
  const random = new Random(seed);
  return Int16Array.from({ length: 150 }, (_, i) => (i % 3) * 1000 + random.below(2000) - 1000);
}

function opened(chip: NorChip): WindowExamples {
  const examples = new WindowExamples(chip, SHAPE, NORMALS);
  finish(examples.check());
  return examples;
}

test('windows are kept under the label of the moment and read back normalised', () => {
  const chip = new NorChip(4 * SECTOR_BYTES);
  const examples = opened(chip);
  assert.not(examples.record(windowOf(1), false), 'no label, nothing is kept');
  for (const label of [2, 0]) {
    examples.label = label;
    assert.ok(examples.record(windowOf(label), false));
  }
  const after = opened(chip);
  assert.is(after.label, undefined, 'after a restart nothing is recorded');
  assert.is(after.count, 2);
  const out = new Uint8Array(150);
  const live = new Uint8Array(150);
  for (const [index, label] of [2, 0].entries()) {
    assert.is(after.read(index, out), label);
    featuresOf(windowOf(label), NORMALS, live);
    assert.ok(out.every((byte, i) => byte === live[i]));
  }
});

test('features lie channel by channel, as those of a clip: the steps of one follow each other', () => {
  const normals = [0, 1, 2].map((channel) => ({ offset: 100 * channel, mantissa: 1, shift: 0 }));
  const raw = Int16Array.from({ length: 150 }, (_, i) => 100 * (i % 3) + Math.floor(i / 3));
  const examples = opened(new NorChip(4 * SECTOR_BYTES));
  examples.normals = normals;
  examples.label = 1;
  examples.record(raw, false);
  const [kept, live] = [new Uint8Array(150), new Uint8Array(150)];
  examples.read(0, kept);
  featuresOf(raw, normals, live);
  const expected = Array.from({ length: 150 }, (_, i) => i % 50);
  assert.equal([...kept], expected);
  assert.equal([...live], expected);
});

test('nothing changes while a round is at work', () => {
  const examples = opened(new NorChip(4 * SECTOR_BYTES));
  examples.label = 1;
  assert.not(examples.record(windowOf(1), true));
  assert.is(examples.count, 0);
});

test('what boards sum gives one normalisation for all, and it brings every channel to the same range', () => {
  const boards = [1, 2, 3].map((board) => {
    const sums = new MomentSums(3);
    for (let i = 0; i < 20; i++) sums.add(windowOf(board * 100 + i));
    return sums.moments;
  });
  const normals = [0, 1, 2].map((channel) => normalOf(boards.map((moments) => moments[channel])));
  assert.is(boards[0][1].count, 1000);
  assert.ok(Math.abs(normals[2].offset - 2000) < 30, `offset ${normals[2].offset}`);
  const examples = opened(new NorChip(4 * SECTOR_BYTES));
  examples.label = 3;
  examples.record(windowOf(7), false);
  examples.normals = normals;
  const out = new Uint8Array(150);
  examples.read(0, out);
  for (const channel of [0, 1, 2]) {
    const values = Array.from(new Int8Array(out.buffer, channel * SHAPE.steps, SHAPE.steps));
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    assert.ok(Math.abs(mean) < 15, `channel ${channel}: mean ${mean}`);
  }
});

test('a label, a window and normals that do not fit are refused', () => {
  const chip = new NorChip(4 * SECTOR_BYTES);
  const examples = opened(chip);
  for (const label of [-1, 4, 0.5]) {
    assert.throws(() => {
      examples.label = label;
    }, /label .*, expected 0 to 3/);
  }
  examples.label = 0;
  assert.throws(() => examples.record(new Int16Array(149), false), /window of 149 values, expected 150/);
  assert.throws(() => new WindowExamples(chip, SHAPE, [PLAIN]), /1 normals, expected one for each of 3/);
  assert.throws(() => new MomentSums(3).add(new Int16Array(4)), /4 values, expected a multiple of 3/);
});

test.run();
