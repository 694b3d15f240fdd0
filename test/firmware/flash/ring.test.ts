import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Ring } from '../../../firmware/flash/ring.js';
import { Random } from '../../../shared/fixed/random.js';
import { finish } from '../../../shared/masks/work.js';
import { NorChip, PowerLoss, SECTOR_BYTES, TEARS } from '../../../tools/emulator/chip.js';

const test = suite('flash ring');

const ITEM_BYTES = 500; // eight items in a sector

function item(seed: number): Uint8Array {
  const random = new Random(seed);
  const bytes = Uint8Array.from({ length: ITEM_BYTES }, () => random.below(256));
  new DataView(bytes.buffer).setUint16(0, seed, true);
  return bytes;
}

function opened(chip: NorChip): Ring {
  const ring = new Ring(chip, ITEM_BYTES);
  finish(ring.check());
  return ring;
}

/** The seeds of the items that are held, oldest first; -1 for one that is not as it was written. */
function held(ring: Ring): number[] {
  return Array.from({ length: ring.count }, (_, i) => {
    const bytes = new Uint8Array(ITEM_BYTES);
    ring.read(i, bytes);
    const seed = new DataView(bytes.buffer).getUint16(0, true);
    return Buffer.from(item(seed)).equals(bytes) ? seed : -1;
  });
}

function contentOf(chip: NorChip): Uint8Array {
  const bytes = new Uint8Array(chip.bytes);
  chip.read(0, bytes);
  return bytes;
}

/** Whole numbers from `first` to `last`. */
function span(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

for (const sectors of [2, 3, 7]) {
  test(`${sectors} sectors hold the newest items in order, over every restart`, () => {
    const chip = new NorChip(sectors * SECTOR_BYTES);
    for (let i = 1; i <= 100; i++) {
      const ring = opened(chip);
      ring.append(item(i));
      const seeds = held(ring);
      assert.equal(seeds, span(i - seeds.length + 1, i));
      assert.ok(seeds.length >= Math.min(i, (sectors - 1) * 8 + 1), `${seeds.length} items`);
      assert.equal(held(opened(chip)), seeds);
    }
    assert.ok(Math.max(...chip.wear) - Math.min(...chip.wear) <= 1);
  });
}

for (const tear of TEARS) {
  test(`power cut anywhere in an append (torn: ${tear}) loses that item or the oldest sector, no other`, () => {
    for (const before of [0, 5, 16, 24, 31]) {
      const chip = new NorChip(3 * SECTOR_BYTES);
      const filling = opened(chip);
      for (let i = 1; i <= before; i++) filling.append(item(i));
      const first = held(filling)[0] ?? 1;
      for (let at = 0; ; at += 7) {
        const cut = chip.copy();
        cut.cutAfter({ steps: at, tear, random: new Random(at) });
        try {
          opened(cut).append(item(before + 1));
          break;
        } catch (error) {
          assert.instance(error, PowerLoss);
        }
        cut.powerOn();
        const seeds = held(opened(cut));
        const kept = seeds.length === 0 ? [] : span(seeds[0], seeds[seeds.length - 1]);
        assert.equal(seeds, kept, `after ${at} steps`);
        if (before >= 16) assert.ok(seeds[0] <= first + 8 && seeds.at(-1)! >= before, `after ${at} steps`);
        const after = opened(cut);
        for (let i = 100; i < 130; i++) after.append(item(i));
        const end = held(opened(cut));
        assert.equal(end, span(130 - end.length, 129), `items after a cut after ${at} steps`);
      }
    }
  });
}

test('a partition with anything in it is an empty ring, and clear empties one', () => {
  const random = new Random(3);
  const chip = new NorChip(2 * SECTOR_BYTES);
  chip.write(
    0,
    Uint8Array.from({ length: chip.bytes }, () => random.below(256)),
  );
  const ring = opened(chip);
  assert.is(ring.count, 0);
  ring.append(item(1));
  ring.clear();
  assert.is(opened(chip).count, 0);
  ring.append(item(2));
  assert.equal(held(opened(chip)), [2]);
});

test('a ring is read in short pieces, holds and takes nothing before the last, and changes no flash', () => {
  for (const [itemBytes, items] of [
    [4, 700],
    [ITEM_BYTES, 37],
    [4082, 5],
  ]) {
    const chip = new NorChip(4 * SECTOR_BYTES);
    const first = new Ring(chip, itemBytes);
    finish(first.check());
    const bytes = new Uint8Array(itemBytes);
    for (let i = 0; i < items; i++) first.append(bytes.fill(i));
    const before = chip.copy();
    const ring = new Ring(chip, itemBytes);
    let pieces = 0;
    for (const bytesRead of ring.check()) {
      pieces += 1;
      assert.ok(bytesRead > 0 && bytesRead <= itemBytes + 128, `${bytesRead} bytes`);
      assert.is(ring.count, 0);
      assert.throws(() => ring.read(0, bytes), /item 0, expected 0 to -1/);
      assert.throws(() => ring.append(bytes), /ring not read yet, expected its check first/);
    }
    assert.is(pieces, ring.capacity);
    assert.is(ring.count, first.count);
    const other = new Uint8Array(itemBytes);
    for (let i = 0; i < ring.count; i++) {
      first.read(i, bytes);
      ring.read(i, other);
      assert.ok(Buffer.from(bytes).equals(other), `item ${i}`);
    }
    assert.ok(Buffer.from(contentOf(before)).equals(contentOf(chip)));
  }
});

test('a check that is cut short leaves the ring to the next one', () => {
  const chip = new NorChip(3 * SECTOR_BYTES);
  const filling = opened(chip);
  for (let i = 1; i <= 30; i++) filling.append(item(i));
  for (let pieces = 0; pieces < filling.capacity; pieces += 5) {
    const work = new Ring(chip, ITEM_BYTES).check();
    for (let i = 0; i < pieces; i++) work.next();
    assert.equal(held(opened(chip)), held(filling));
  }
});

test('what cannot be an item or a ring is refused', () => {
  const chip = new NorChip(2 * SECTOR_BYTES);
  assert.throws(() => new Ring(chip, 4089), /item of 4089 bytes, expected it to fit a sector/);
  assert.throws(() => new Ring(new NorChip(SECTOR_BYTES), 10), /ring of 4096 bytes, expected two sectors/);
  const ring = opened(chip);
  assert.throws(() => ring.append(new Uint8Array(499)), /item of 499 bytes, expected 500/);
  assert.throws(() => ring.read(0, new Uint8Array(ITEM_BYTES)), /item 0, expected 0 to -1/);
});

test.run();
