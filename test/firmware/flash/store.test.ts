import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FlashStore } from '../../../firmware/flash/store.js';
import { NorChip, SECTOR_BYTES } from '../../../tools/emulator/chip.js';

const test = suite('flash store');

const KEPT = Uint8Array.of(1, 2, 3);

/** A round: the model into the slot that is not in use, then the record. */
function round(store: FlashStore, slot: 0 | 1, bytes: number): void {
  store.erase(slot);
  for (let at = 0; at < bytes; at += 1436)
    store.write(slot, at, new Uint8Array(Math.min(1436, bytes - at)).fill(slot));
  store.saveRecord(KEPT);
}

function byteAt(store: FlashStore, slot: 0 | 1, offset: number): number {
  const out = new Uint8Array(1);
  store.read(slot, offset, out);
  return out[0];
}

for (const modelBytes of [1_000, 20_000, 61_440]) {
  test(`1,000 models of ${modelBytes} bytes wear all sectors of the area alike`, () => {
    const chip = new NorChip(32 * SECTOR_BYTES);
    let store = new FlashStore(chip);
    for (let i = 0; i < 1000; i++) {
      if (i % 10 === 0) store = new FlashStore(chip); // a restart
      round(store, (i % 2) as 0 | 1, modelBytes);
    }
    const sectors = Math.ceil(modelBytes / SECTOR_BYTES);
    const area = chip.wear.subarray(2);
    assert.is(store.wear.models.erases, 1000 * sectors);
    assert.equal(store.wear.models, new FlashStore(chip).wear.models);
    assert.ok(
      Math.max(...area) <= Math.ceil((1000 * sectors) / 30) + 1,
      `${Math.max(...area)} erases of a sector`,
    );
    assert.ok(Math.max(chip.wear[0], chip.wear[1]) <= 13, 'the log: 40 saves in a sector');
  });
}

test('two slots of half the area each never touch', () => {
  const chip = new NorChip(13 * SECTOR_BYTES); // the area is odd
  const store = new FlashStore(chip);
  assert.is(store.slotBytes, 5 * SECTOR_BYTES);
  for (let i = 0; i < 30; i++) {
    const slot = (i % 2) as 0 | 1;
    round(store, slot, store.slotBytes - (i % 3));
    for (const [which, value] of [
      [slot, slot],
      [1 - slot, 1 - slot],
    ] as const) {
      if (i === 0 && which !== slot) continue;
      for (const at of [0, 4096, store.slotBytes - 4]) assert.is(byteAt(store, which as 0 | 1, at), value);
    }
  }
});

test('what was not written reads as erased, whatever the sectors held', () => {
  const store = new FlashStore(new NorChip(8 * SECTOR_BYTES));
  for (let i = 0; i < 7; i++) round(store, (i % 2) as 0 | 1, 9_000);
  store.erase(1);
  store.write(1, 0, Uint8Array.of(5));
  assert.is(byteAt(store, 1, 0), 5);
  assert.is(byteAt(store, 1, 1), 0xff);
  assert.is(byteAt(store, 1, 8_000), 0xff);
});

test('a slot is written only after it was erased in this life', () => {
  const chip = new NorChip(8 * SECTOR_BYTES);
  round(new FlashStore(chip), 0, 100);
  const store = new FlashStore(chip);
  assert.throws(() => store.write(0, 200, new Uint8Array(1)), /write to slot 0, expected an erased one/);
  assert.throws(() => store.saveRecord(new Uint8Array(65)), /record 65 bytes, expected at most 64/);
});

test('a record of a larger partition is kept, its slots are not', () => {
  const large = new NorChip(64 * SECTOR_BYTES);
  const store = new FlashStore(large);
  for (let i = 0; i < 5; i++) round(store, (i % 2) as 0 | 1, 100_000);
  const small = new NorChip(8 * SECTOR_BYTES);
  const bytes = new Uint8Array(small.bytes);
  large.read(0, bytes);
  small.write(0, bytes);
  const after = new FlashStore(small);
  assert.equal(after.loadRecord(), KEPT);
  assert.is(byteAt(after, 0, 0), 0xff);
  round(after, 1, 4_000);
  assert.is(byteAt(after, 1, 0), 1);
});

test('a flash without room for record and two slots is refused', () => {
  assert.throws(
    () => new FlashStore(new NorChip(3 * SECTOR_BYTES)),
    /flash of 12288 bytes, expected 16384 or more/,
  );
});

test.run();
