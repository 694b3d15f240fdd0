import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ModelSlots } from '../../../firmware/federation/slots.js';
import { frameCrc } from '../../../shared/protocol/frame.js';
import type { ModelName } from '../../../shared/protocol/model.js';
import { MemoryFlash } from '../../../tools/emulator/flash.js';
import { hashOf, modelFrame } from './server.js';

const test = suite('slots');
const FIRST = modelFrame(1);
const SECOND = modelFrame(2);

function nameOf(frame: Uint8Array): ModelName {
  return { hash: hashOf(frame), crc: frameCrc(frame) };
}

function download(slots: ModelSlots, frame: Uint8Array, name = nameOf(frame), pieceBytes = 1436): void {
  const receiving = slots.receive(name, frame.length);
  for (let at = 0; at < frame.length; at += pieceBytes) receiving.write(frame.subarray(at, at + pieceBytes));
  receiving.finish();
}

function check(slots: ModelSlots): number {
  let bytes = 0;
  for (const count of slots.check()) bytes += count;
  return bytes;
}

/** The parameters as the trainer would read them, in small pieces. */
function parameters(slots: ModelSlots): Uint8Array {
  const { source } = slots.held!;
  const out = new Uint8Array(source.head.layout.parameterBytes);
  for (let at = 0; at < out.length; at += 100) source.readParameters(at, out.subarray(at, at + 100));
  return out;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

for (const pieceBytes of [1, 7, 16, 17, 1436, 100_000]) {
  test(`a model that arrives in pieces of ${pieceBytes} bytes is held and read back`, () => {
    const slots = new ModelSlots(new MemoryFlash());
    download(slots, FIRST, nameOf(FIRST), pieceBytes);
    assert.ok(slots.holds(nameOf(FIRST)));
    assert.not(slots.holds(nameOf(SECOND)));
    const { parameterBytes } = slots.held!.source.head.layout;
    assert.ok(isSame(parameters(slots), FIRST.subarray(FIRST.length - parameterBytes)));
  });
}

test('a model outlives a restart, and all of it is checked', () => {
  const flash = new MemoryFlash();
  download(new ModelSlots(flash), FIRST);
  const after = new ModelSlots(flash);
  assert.is(after.held, undefined);
  assert.is(check(after), FIRST.length);
  assert.ok(after.holds(nameOf(FIRST)));
});

test('power lost at any point of a download leaves the old model whole', () => {
  for (let cut = 0; cut <= SECOND.length; cut += 97) {
    const flash = new MemoryFlash();
    download(new ModelSlots(flash), FIRST);
    const before = new ModelSlots(flash);
    check(before);
    const receiving = before.receive(nameOf(SECOND), SECOND.length);
    receiving.write(SECOND.subarray(0, cut));
    const after = new ModelSlots(flash);
    check(after);
    assert.ok(after.holds(nameOf(FIRST)), `cut at ${cut}`);
    const { parameterBytes } = after.held!.source.head.layout;
    assert.ok(isSame(parameters(after), FIRST.subarray(FIRST.length - parameterBytes)), `cut at ${cut}`);
  }
});

test('each download goes to the other slot, and the record is saved once', () => {
  const flash = new MemoryFlash();
  const slots = new ModelSlots(flash);
  for (let i = 0; i < 5; i++) {
    const frame = i % 2 === 0 ? FIRST : SECOND;
    download(slots, frame);
    assert.ok(slots.holds(nameOf(frame)));
  }
  assert.is(flash.wear.erases, 5);
  assert.is(flash.wear.recordSaves, 5);
});

test('a model other than the planned one is refused before flash is touched', () => {
  const flash = new MemoryFlash();
  const slots = new ModelSlots(flash);
  assert.throws(
    () => download(slots, SECOND, nameOf(FIRST)),
    /model with CRC-32 \d+, expected \d+ as planned/,
  );
  assert.equal({ ...flash.wear }, { erases: 0, writes: 0, writtenBytes: 0, recordSaves: 0 });
});

test('a damaged byte anywhere is noticed and the old model stays', () => {
  for (let at = 0; at < SECOND.length; at += 61) {
    const slots = new ModelSlots(new MemoryFlash());
    download(slots, FIRST);
    const damaged = SECOND.slice();
    damaged[at] ^= 0x10;
    assert.throws(() => download(slots, damaged, nameOf(SECOND)), /expected/);
    assert.ok(slots.holds(nameOf(FIRST)), `damaged at ${at}`);
  }
});

test('a frame that is too short, too long or too big for a slot is refused', () => {
  const slots = new ModelSlots(new MemoryFlash(8192));
  const name = nameOf(FIRST);
  const short = slots.receive(name, FIRST.length);
  short.write(FIRST.subarray(0, 2000));
  assert.throws(() => short.finish(), /model of 2000 bytes, expected \d+/);
  const long = slots.receive(name, FIRST.length);
  long.write(FIRST);
  assert.throws(() => long.write(Uint8Array.of(1)), /model beyond its \d+ bytes/);
  assert.throws(() => slots.receive(name, 8193), /model of 8193 bytes, expected at most 8192: a slot/);
  assert.is(slots.held, undefined);
});

test('a flash that does not hold what its record says is no model', () => {
  const flash = new MemoryFlash();
  download(new ModelSlots(flash), FIRST);
  flash.erase(0); // another firmware's partition table
  const slots = new ModelSlots(flash);
  check(slots);
  assert.is(slots.held, undefined);
  download(slots, SECOND);
  assert.ok(slots.holds(nameOf(SECOND)));
});

test('a record that is not ours is ignored', () => {
  for (const bytes of [new Uint8Array(0), new Uint8Array(32), new Uint8Array(64).fill(0xff)]) {
    const flash = new MemoryFlash();
    flash.saveRecord(bytes);
    const slots = new ModelSlots(flash);
    assert.is(check(slots), 0);
    assert.is(slots.held, undefined);
  }
  const flash = new MemoryFlash();
  download(new ModelSlots(flash), FIRST);
  const record = flash.loadRecord()!;
  record[8] ^= 1;
  flash.saveRecord(record);
  assert.is(check(new ModelSlots(flash)), 0);
});

test.run();
