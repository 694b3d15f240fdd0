import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ShardStore } from '../../../firmware/flash/shardstore.js';
import { Random } from '../../../shared/fixed/random.js';
import { finish } from '../../../shared/masks/work.js';
import { crc32Update } from '../../../shared/protocol/crc32.js';
import { IMAGE_HEADER_BYTES, ownShardImage, type ShardImage } from '../../../shared/protocol/shardimage.js';
import { NorChip, PowerLoss, SECTOR_BYTES, TEARS } from '../../../tools/emulator/chip.js';

const test = suite('shard store');

const SECTORS = 3;
/** Beyond the first sector, so that a second one is erased in the middle. */
const BYTES = SECTOR_BYTES + 200;

function fileOf(seed: number, bytes = BYTES): Uint8Array {
  const random = new Random(seed);
  return Uint8Array.from({ length: bytes }, () => random.below(256));
}

function imageOf(file: Uint8Array, deal: number): ShardImage {
  return { bytes: file.length, deal, part: 1, parts: 4, crc: crc32Update(0, file) };
}

/** As a download does it: in pieces of a network segment. */
function put(chip: NorChip, file: Uint8Array, image: ShardImage): void {
  const store = new ShardStore(chip);
  store.begin();
  for (let at = 0; at < file.length; at += 1436) store.write(file.subarray(at, at + 1436));
  finish(store.seal(image));
}

/** The deal of the shard in flash after a restart; its file is read, too. */
function dealIn(chip: NorChip, files: ReadonlyMap<number, Uint8Array>): number | undefined {
  const store = new ShardStore(chip);
  finish(store.check());
  if (store.held === undefined) return undefined;
  const file = new Uint8Array(store.held.bytes);
  store.read(0, file);
  assert.is(Buffer.compare(file, files.get(store.held.deal)!), 0);
  return store.held.deal;
}

const OLD = fileOf(1);
const NEW = fileOf(2, BYTES - 60);
const FILES = new Map([
  [5, OLD],
  [6, NEW],
]);

test('a shard is there after a restart, and another one takes its place', () => {
  const chip = new NorChip(SECTORS * SECTOR_BYTES);
  assert.is(dealIn(chip, FILES), undefined);
  put(chip, OLD, imageOf(OLD, 5));
  assert.is(dealIn(chip, FILES), 5);
  put(chip, NEW, imageOf(NEW, 6));
  assert.is(dealIn(chip, FILES), 6);
});

for (const tear of TEARS) {
  test(`power cut after every byte written and in every erase (torn: ${tear}) leaves a whole shard or none`, () => {
    const before = new NorChip(SECTORS * SECTOR_BYTES);
    put(before, OLD, imageOf(OLD, 5));
    const whole = before.copy();
    put(whole, NEW, imageOf(NEW, 6));
    const steps = whole.steps;
    const random = new Random(3);
    const found = new Map<number | undefined, number>();
    for (let cut = 0; cut < steps; cut++) {
      const chip = before.copy();
      chip.cutAfter({ steps: cut, tear, random });
      assert.throws(
        () => put(chip, NEW, imageOf(NEW, 6)),
        (error: unknown) => error instanceof PowerLoss,
      );
      chip.powerOn();
      const deal = dealIn(chip, FILES);
      found.set(deal, (found.get(deal) ?? 0) + 1);
      if (cut % 500 > 0 && cut < steps - 3) continue;
      put(chip, NEW, imageOf(NEW, 6)); // it goes on from whatever is there
      assert.is(dealIn(chip, FILES), 6, `cut ${cut}`);
    }
    assert.is(steps, NEW.length + IMAGE_HEADER_BYTES + 2);
    assert.ok((found.get(undefined) ?? 0) > steps - 40, JSON.stringify([...found]));
  });
}

test('a file that flash did not take, or that is longer than said, is no shard', () => {
  const chip = new NorChip(SECTORS * SECTOR_BYTES);
  assert.throws(() => put(chip, OLD, { ...imageOf(OLD, 5), crc: 1 }), /CRC-32 \d+ in flash, expected 1$/);
  assert.throws(() => put(chip, OLD, imageOf(OLD.subarray(0, 100), 5)), /in flash/);
  assert.is(dealIn(chip, FILES), undefined);
});

test('an image that was flashed in part, or is too long for the partition, is no shard', () => {
  const image = ownShardImage(OLD);
  const flashed = (bytes: number, sectors = SECTORS) => {
    const chip = new NorChip(sectors * SECTOR_BYTES);
    chip.write(0, image.subarray(0, bytes));
    return dealIn(chip, new Map([[0, OLD]]));
  };
  assert.is(flashed(image.length), 0);
  assert.is(flashed(image.length - 1), undefined);
  assert.is(flashed(IMAGE_HEADER_BYTES - 1), undefined);
  assert.is(flashed(SECTOR_BYTES, 1), undefined);
});

test.run();
