import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RecordLog } from '../../../firmware/flash/recordlog.js';
import { regionOf } from '../../../firmware/flash/region.js';
import type { RawPartition } from '../../../firmware/ports/ports.js';
import { Random } from '../../../shared/fixed/random.js';
import { NorChip, PowerLoss, SECTOR_BYTES, TEARS } from '../../../tools/emulator/chip.js';

const test = suite('flash record log');

const RECORD_BYTES = 240; // sixteen entries of 256 bytes in a sector

function record(seed: number, length = RECORD_BYTES): Uint8Array {
  const random = new Random(seed);
  return Uint8Array.from({ length }, () => random.below(256));
}

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

test('a new log has no record, and a record of any length comes back in the next life', () => {
  const chip = new NorChip(2 * SECTOR_BYTES);
  assert.is(new RecordLog(chip, RECORD_BYTES).load(), undefined);
  for (const length of [0, 1, 63, RECORD_BYTES]) {
    new RecordLog(chip, RECORD_BYTES).save(record(length, length));
    assert.ok(isSame(new RecordLog(chip, RECORD_BYTES).load(), record(length, length)), `${length} bytes`);
  }
});

test('a partition with anything in it is a log without a record', () => {
  const random = new Random(7);
  for (const fill of [() => 0, () => random.below(256), () => 0x67]) {
    const chip = new NorChip(2 * SECTOR_BYTES);
    chip.write(0, Uint8Array.from({ length: 2 * SECTOR_BYTES }, fill));
    const log = new RecordLog(chip, RECORD_BYTES);
    assert.is(log.load(), undefined);
    log.save(record(1));
    assert.ok(isSame(new RecordLog(chip, RECORD_BYTES).load(), record(1)));
  }
});

for (const sectors of [2, 3, 5]) {
  test(`${sectors} sectors wear alike, and the count of erases is kept`, () => {
    const chip = new NorChip(sectors * SECTOR_BYTES);
    const saves = 1000;
    for (let i = 0; i < saves; i++) new RecordLog(chip, RECORD_BYTES).save(record(i));
    const erases = chip.wear.reduce((sum, wear) => sum + wear, 0);
    assert.is(erases, Math.ceil(saves / 16));
    assert.ok(Math.max(...chip.wear) - Math.min(...chip.wear) <= 1);
    assert.is(new RecordLog(chip, RECORD_BYTES).erases, erases);
  });
}

for (const tear of TEARS) {
  test(`power cut anywhere in any of 40 saves (torn: ${tear}) leaves the old record or the new one`, () => {
    const chip = new NorChip(2 * SECTOR_BYTES);
    for (let save = 1; save <= 40; save++) {
      for (let at = 0; ; at += 1 + (save % 5)) {
        const cut = chip.copy();
        cut.cutAfter({ steps: at, tear, random: new Random(at) });
        try {
          new RecordLog(cut, RECORD_BYTES).save(record(save));
          break; // not so many steps in it
        } catch (error) {
          assert.instance(error, PowerLoss);
        }
        cut.powerOn();
        const found = new RecordLog(cut, RECORD_BYTES).load();
        const isOld = save === 1 ? found === undefined : isSame(found, record(save - 1));
        assert.ok(isOld || isSame(found, record(save)), `save ${save} cut after ${at} steps`);
        new RecordLog(cut, RECORD_BYTES).save(record(99));
        assert.ok(isSame(new RecordLog(cut, RECORD_BYTES).load(), record(99)), 'saved after the cut');
      }
      new RecordLog(chip, RECORD_BYTES).save(record(save));
    }
  });
}

/** A chip of which one sector keeps nothing any more, as from some moment on. */
function wornOut(chip: NorChip, sector: number): RawPartition {
  return {
    bytes: chip.bytes,
    sectorBytes: chip.sectorBytes,
    erase: (offset, bytes) => chip.erase(offset, bytes),
    write: (offset, bytes) => {
      if (Math.floor(offset / SECTOR_BYTES) !== sector) chip.write(offset, bytes);
    },
    read: (offset, out) => chip.read(offset, out),
  };
}

test('a place that does not take an entry is passed over', () => {
  const chip = new NorChip(3 * SECTOR_BYTES);
  const log = new RecordLog(wornOut(chip, 1), RECORD_BYTES);
  for (let i = 0; i < 60; i++) {
    log.save(record(i));
    assert.ok(isSame(new RecordLog(chip, RECORD_BYTES).load(), record(i)));
  }
});

test('where no place takes one any more, the newest record is not erased', () => {
  const chip = new NorChip(2 * SECTOR_BYTES);
  const log = new RecordLog(wornOut(chip, 1), RECORD_BYTES);
  for (let i = 0; i < 16; i++) log.save(record(i));
  assert.throws(() => log.save(record(16)), /flash log of 2 sectors, expected one that still takes an entry/);
  assert.ok(isSame(new RecordLog(chip, RECORD_BYTES).load(), record(15)));
});

test('what cannot be a log or a record is refused', () => {
  const chip = new NorChip(4 * SECTOR_BYTES);
  assert.throws(() => new RecordLog(regionOf(chip, 0, SECTOR_BYTES), 64), /log of 1 sectors, expected 2/);
  assert.throws(() => new RecordLog(chip, 2100), /record of 2100 bytes, expected half a sector/);
  assert.throws(
    () => new RecordLog(chip, 64).save(new Uint8Array(65)),
    /record 65 bytes, expected at most 64/,
  );
  assert.throws(() => regionOf(chip, 100, SECTOR_BYTES), /expected whole sectors of 4096/);
  assert.throws(() => regionOf(chip, 0, 5 * SECTOR_BYTES), /region up to 20480, expected at most 16384/);
  const region = regionOf(chip, SECTOR_BYTES, SECTOR_BYTES);
  assert.throws(() => region.write(4095, new Uint8Array(2)), /access 4095 to 4097, expected 0 to 4096/);
});

test.run();
