import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { OwnExamples } from '../../../firmware/data/own.js';
import type { WindowExamples } from '../../../firmware/data/windows.js';
import { Random } from '../../../shared/fixed/random.js';
import { finish } from '../../../shared/masks/work.js';
import { ownShardImage } from '../../../shared/protocol/shardimage.js';
import { dealSource } from '../../../tools/cli/deal.js';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { NorChip, SHARD_PARTITION_BYTES } from '../../../tools/emulator/chip.js';

const test = suite('own examples');

const SHAPE = { steps: 16, channels: 3, classes: 4 };
const NORMAL = { offset: 0, mantissa: 1, shift: 4 };
const OTHER = { offset: 100, mantissa: 3, shift: 4 };

function windowOf(seed: number): Int16Array {
  const random = new Random(seed);
  return Int16Array.from({ length: 48 }, () => random.below(2000) - 1000);
}

/** All bytes that a round would see. */
function content(examples: OwnExamples): string {
  const out = new Uint8Array(examples.features);
  let text = '';
  for (let i = 0; i < examples.count; i++) text += `${examples.read(i, out)} ${out.join(' ')}\n`;
  return text;
}

/** A live task, with the windows of the life before. */
function recorded(own: OwnExamples, least: number): WindowExamples {
  const windows = own.record(SHAPE, least);
  finish(windows.check());
  return windows;
}

test('a shard in flash is what the board has, until a live task begins', () => {
  const chip = new NorChip(SHARD_PARTITION_BYTES);
  chip.write(0, ownShardImage(dealSource(loadDataset('digits'), { clients: 30, seed: 1 }).part(0)));
  const own = new OwnExamples(chip);
  assert.is(own.count, 0);
  finish(own.shard.check());
  assert.equal([own.count > 0, own.features, own.signed, own.classes], [true, 64, false, 10]);
  assert.ok(own.isMeant(undefined) && !own.isMeant(5), 'a plan for live windows means others');
  own.record(SHAPE, 2);
  assert.equal([own.count, own.features, own.signed, own.classes], [0, 48, true, 4]);
  assert.not(own.isMeant(undefined));
});

test('there are no examples before there are enough windows, and no plan before its normalisation', () => {
  const own = new OwnExamples(new NorChip(SHARD_PARTITION_BYTES));
  const windows = recorded(own, 3);
  windows.label = 1;
  for (let i = 0; i < 3; i++) {
    assert.is(own.count, 0);
    windows.record(windowOf(i), false);
  }
  assert.is(own.count, 3);
  assert.not(own.isMeant(5));
  own.offer({ crc: 5, normals: [NORMAL, NORMAL, NORMAL] });
  assert.is(own.normals, undefined, 'no plan asked for it yet');
  assert.not(own.isMeant(6));
  assert.ok(own.isMeant(5));
  assert.is(own.normals?.crc, 5);
});

test('windows of an earlier life count when all of them were read, not before', () => {
  const chip = new NorChip(SHARD_PARTITION_BYTES);
  const first = recorded(new OwnExamples(chip), 1);
  first.label = 1;
  for (let i = 0; i < 20; i++) first.record(windowOf(i), false);
  const own = new OwnExamples(chip);
  const windows = own.record(SHAPE, 1);
  for (const _ of windows.check()) assert.is(own.count, 0);
  assert.is(own.count, 20);
});

test('another normalisation changes nothing before a plan names it', () => {
  const own = new OwnExamples(new NorChip(SHARD_PARTITION_BYTES));
  const windows = recorded(own, 1);
  windows.label = 2;
  windows.record(windowOf(1), false);
  own.offer({ crc: 5, normals: [NORMAL, NORMAL, NORMAL] });
  assert.ok(own.isMeant(5));
  const before = content(own);
  own.offer({ crc: 6, normals: [OTHER, OTHER, OTHER] });
  assert.is(content(own), before);
  assert.ok(own.isMeant(5), 'the plan at work means the one in force');
  assert.is(content(own), before);
  assert.ok(own.isMeant(6));
  assert.is.not(content(own), before);
});

test('after power loss in mid-round the same plan means the same bytes', () => {
  const chip = new NorChip(SHARD_PARTITION_BYTES);
  const lifeOf = (record: boolean) => {
    const own = new OwnExamples(chip);
    finish(own.shard.check());
    const windows = recorded(own, 1);
    if (record) {
      windows.label = 3;
      for (let i = 0; i < 40; i++) windows.record(windowOf(i), false);
      assert.not(windows.record(windowOf(99), true), 'the round is at work');
    } else {
      assert.not(windows.record(windowOf(100), false), 'nobody has chosen a label in this life');
    }
    own.offer({ crc: 5, normals: [NORMAL, OTHER, NORMAL] });
    assert.ok(own.isMeant(5));
    return content(own);
  };
  assert.is(lifeOf(true), lifeOf(false));
});

test.run();
