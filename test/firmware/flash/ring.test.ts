import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Ring } from '../../../firmware/flash/ring.js';
import { Random } from '../../../shared/fixed/random.js';
import { NorChip, PowerLoss, SECTOR_BYTES, TEARS } from '../../../tools/emulator/chip.js';

const test = suite('flash ring');

const ITEM_BYTES = 500; // eight items in a sector

function item(seed: number): Uint8Array {
  const random = new Random(seed);
  const bytes = Uint8Array.from({ length: ITEM_BYTES }, () => random.below(256));
  new DataView(bytes.buffer).setUint16(0, seed, true);
  return bytes;
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

/** Whole numbers from `first` to `last`. */
function span(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

for (const sectors of [2, 3, 7]) {
  test(`${sectors} sectors hold the newest items in order, over every restart`, () => {
    const chip = new NorChip(sectors * SECTOR_BYTES);
    for (let i = 1; i <= 100; i++) {
      const ring = new Ring(chip, ITEM_BYTES);
      ring.append(item(i));
      const seeds = held(ring);
      assert.equal(seeds, span(i - seeds.length + 1, i));
      assert.ok(seeds.length >= Math.min(i, (sectors - 1) * 8 + 1), `${seeds.length} items`);
      assert.equal(held(new Ring(chip, ITEM_BYTES)), seeds);
    }
    assert.ok(Math.max(...chip.wear) - Math.min(...chip.wear) <= 1);
  });
}

for (const tear of TEARS) {
  test(`power cut anywhere in an append (torn: ${tear}) loses that item or the oldest sector, no other`, () => {
    for (const before of [0, 5, 16, 24, 31]) {
      const chip = new NorChip(3 * SECTOR_BYTES);
      const filling = new Ring(chip, ITEM_BYTES);
      for (let i = 1; i <= before; i++) filling.append(item(i));
      const first = held(filling)[0] ?? 1;
      for (let at = 0; ; at += 7) {
        const cut = chip.copy();
        cut.cutAfter({ steps: at, tear, random: new Random(at) });
        try {
          new Ring(cut, ITEM_BYTES).append(item(before + 1));
          break;
        } catch (error) {
          assert.instance(error, PowerLoss);
        }
        cut.powerOn();
        const seeds = held(new Ring(cut, ITEM_BYTES));
        const kept = seeds.length === 0 ? [] : span(seeds[0], seeds[seeds.length - 1]);
        assert.equal(seeds, kept, `after ${at} steps`);
        if (before >= 16) assert.ok(seeds[0] <= first + 8 && seeds.at(-1)! >= before, `after ${at} steps`);
        const after = new Ring(cut, ITEM_BYTES);
        for (let i = 100; i < 130; i++) after.append(item(i));
        const end = held(new Ring(cut, ITEM_BYTES));
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
  const ring = new Ring(chip, ITEM_BYTES);
  assert.is(ring.count, 0);
  ring.append(item(1));
  ring.clear();
  assert.is(new Ring(chip, ITEM_BYTES).count, 0);
  ring.append(item(2));
  assert.equal(held(new Ring(chip, ITEM_BYTES)), [2]);
});

test('what cannot be an item or a ring is refused', () => {
  const chip = new NorChip(2 * SECTOR_BYTES);
  assert.throws(() => new Ring(chip, 4089), /item of 4089 bytes, expected it to fit a sector/);
  assert.throws(() => new Ring(new NorChip(SECTOR_BYTES), 10), /ring of 4096 bytes, expected two sectors/);
  const ring = new Ring(chip, ITEM_BYTES);
  assert.throws(() => ring.append(new Uint8Array(499)), /item of 499 bytes, expected 500/);
  assert.throws(() => ring.read(0, new Uint8Array(ITEM_BYTES)), /item 0, expected 0 to -1/);
});

test.run();
