import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NorChip } from '../../../tools/emulator/chip.js';
import { ChipFile } from '../../../tools/emulator/chipfile.js';
import { MemoryFlash, StoredFlash } from '../../../tools/emulator/flash.js';

const test = suite('flash');

let folder: string;
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'flash-'));
});
test.after.each(() => rmSync(folder, { recursive: true }));

const SLOT_BYTES = 20_480;
const PARTITION_BYTES = 12 * 4096; // the record's log and two slots

const KINDS = {
  memory: () => new MemoryFlash(SLOT_BYTES),
  chip: () => new StoredFlash(new NorChip(PARTITION_BYTES)),
  file: () => new StoredFlash(new ChipFile(join(folder, 'flash'), PARTITION_BYTES)),
};

for (const [kind, open] of Object.entries(KINDS)) {
  test(`${kind}: a slot is half of what there is`, () => {
    assert.is(open().slotBytes, SLOT_BYTES);
  });

  test(`${kind}: pieces of any size read back across sectors, the rest is erased`, () => {
    const flash = open();
    const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => i * 7);
    flash.erase(1);
    for (let at = 0; at < bytes.length; at += 1436) flash.write(1, at, bytes.subarray(at, at + 1436));
    const out = new Uint8Array(9_000);
    flash.read(1, 1_500, out);
    assert.ok(out.every((byte, i) => byte === (i < 8_500 ? bytes[1_500 + i] : 0xff)));
    assert.equal({ ...flash.wear }, { erases: 1, writes: 7, writtenBytes: 10_000, recordSaves: 0 });
  });

  test(`${kind}: slots do not touch each other`, () => {
    const flash = open();
    for (const slot of [0, 1] as const) {
      flash.erase(slot);
      flash.write(slot, 0, Uint8Array.of(slot + 1));
    }
    flash.erase(0);
    const out = new Uint8Array(1);
    flash.read(1, 0, out);
    assert.is(out[0], 2);
  });

  test(`${kind}: a byte is written once after an erase`, () => {
    const flash = open();
    flash.erase(0);
    flash.write(0, 0, new Uint8Array(100));
    assert.throws(() => flash.write(0, 99, new Uint8Array(1)), /write at 99, expected 100 or beyond/);
    assert.throws(() => flash.write(0, 100, new Uint8Array(20_381)), /expected at most 20480/);
    assert.throws(() => flash.read(0, 20_479, new Uint8Array(2)), /expected 0 to 20480/);
  });

  test(`${kind}: the record is replaced whole and is at most 64 bytes`, () => {
    const flash = open();
    assert.is(flash.loadRecord(), undefined);
    flash.saveRecord(Uint8Array.of(1, 2, 3));
    flash.saveRecord(Uint8Array.of(4));
    assert.equal(flash.loadRecord(), Uint8Array.of(4));
    assert.throws(() => flash.saveRecord(new Uint8Array(65)), /record 65 bytes, expected at most 64/);
  });
}

test('a file outlives the process', () => {
  const open = () => new StoredFlash(new ChipFile(join(folder, 'flash'), PARTITION_BYTES));
  const first = open();
  first.erase(0);
  first.write(0, 0, Uint8Array.of(5, 6));
  first.saveRecord(Uint8Array.of(7));
  const second = open();
  const out = new Uint8Array(3);
  second.read(0, 0, out);
  assert.equal([...out, ...(second.loadRecord() ?? [])], [5, 6, 0xff, 7]);
});

test.run();
