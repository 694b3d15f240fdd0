import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PackedExamples } from '../../../firmware/data/packed.js';
import { FlashSetup } from '../../../firmware/flash/setup.js';
import { ShardStore } from '../../../firmware/flash/shardstore.js';
import { Shard } from '../../../shared/data/example-set.js';
import { OWN_SHARD } from '../../../shared/protocol/shardimage.js';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { NorChip } from '../../../tools/emulator/chip.js';
import { formatShard } from '../../../tools/firmware/shard.js';
import { setupImage, shardImage } from '../../../tools/flash/image.js';
import { parsePartitions, partitionNamed } from '../../../tools/flash/partitions.js';

const test = suite('images of partitions');

const TABLE = parsePartitions(
  'setup, data, 0x40, 0x370000, 0x2000\nshard, data, 0x42, 0x374000, 0x20000',
  'partitions.csv',
);
const SETUP = partitionNamed(TABLE, 'setup');
const SHARD = partitionNamed(TABLE, 'shard');

/** A partition that was flashed with the image. */
function flashed(image: Uint8Array, bytes: number): NorChip {
  const chip = new NorChip(bytes);
  chip.write(0, image);
  return chip;
}

test('a board reads the setup that was flashed, and can be told another one', () => {
  const told = {
    device: 'desk-1',
    ssid: 'Café',
    password: 'correct horse',
    broker: '192.168.1.10:1884',
    task: 'digits',
    code: 'ABC-123',
  };
  const image = setupImage(told, SETUP);
  assert.is(image.length, SETUP.bytes);
  const chip = flashed(image, SETUP.bytes);
  assert.equal(new FlashSetup(chip).load(), told);
  new FlashSetup(chip).save({ ...told, ssid: 'another' });
  assert.is(new FlashSetup(chip).load().ssid, 'another');
});

test('a setup that a board could not use is refused', () => {
  const refused = (change: object, expected: RegExp) =>
    assert.throws(() => setupImage({ ssid: 'home', ...change }, SETUP), expected);
  refused({ ssid: '' }, /^no Wi-Fi, expected its name$/);
  refused({ ssid: 'x'.repeat(33) }, /^ssid of 33 bytes, expected at most 32$/);
  refused({ password: 'short' }, /^password of the Wi-Fi, expected 8 characters or more$/);
  refused({ broker: 'host:port' }, /^broker host:port, expected host:port/);
  refused({ task: 'Digits' }, /^task Digits, expected 1 to 32 of a-z, 0-9 and -$/);
});

test('a board reads the examples of the shard that was flashed', () => {
  const { train } = loadDataset('digits');
  const places = Uint32Array.from({ length: 50 }, (_, i) => 7 * i);
  const image = shardImage(formatShard(train, places), SHARD);
  const store = new ShardStore(flashed(image, SHARD.bytes));
  for (const _ of store.check());
  assert.is(store.held?.deal, OWN_SHARD);
  const examples = new PackedExamples(store.held!.bytes, (offset, out) => store.read(offset, out));
  const expected = new Shard(train, places);
  assert.is(examples.count, 50);
  const ours = new Uint8Array(examples.features);
  const theirs = new Uint8Array(expected.features);
  for (let i = 0; i < 50; i++) {
    assert.is(examples.read(i, ours), expected.read(i, theirs));
    assert.ok(Buffer.from(ours).equals(theirs), `example ${i}`);
  }
});

test('a shard that is longer than its partition is refused with both sizes', () => {
  assert.throws(
    () => shardImage(new Uint8Array(SHARD.bytes), SHARD),
    /^shard of 131104 B, expected at most 131072 B: the partition shard; deal more parts$/,
  );
});

test.run();
