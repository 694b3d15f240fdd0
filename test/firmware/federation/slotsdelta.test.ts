import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ModelSlots } from '../../../firmware/federation/slots.js';
import type { Flash } from '../../../firmware/ports/ports.js';
import { Random } from '../../../shared/fixed/random.js';
import { ProtocolError } from '../../../shared/protocol/error.js';
import { frameCrc } from '../../../shared/protocol/frame.js';
import { decodeModel, type ModelName } from '../../../shared/protocol/model.js';
import { NorChip, PowerLoss, SECTOR_BYTES, TEARS } from '../../../tools/emulator/chip.js';
import { MemoryFlash, StoredFlash } from '../../../tools/emulator/flash.js';
import { fixChecksum, isSameBytes } from '../../shared/protocol/samples.js';
import { deltaFrame, hashOf, modelFrame, nextFrame } from './server.js';

const test = suite('slots, delta');
const FIRST = modelFrame(1);
const SECOND = nextFrame(FIRST, 2);
const DELTA = deltaFrame(FIRST, SECOND);

function nameOf(frame: Uint8Array): ModelName {
  return { hash: hashOf(frame), crc: frameCrc(frame) };
}

function download(slots: ModelSlots, frame: Uint8Array): void {
  const receiving = slots.receive(nameOf(frame), frame.length);
  receiving.write(frame);
  receiving.finish();
}

function receive(slots: ModelSlots, delta: Uint8Array, name: ModelName, pieceBytes = 1436): void {
  const receiving = slots.receiveDelta(name, delta.length);
  for (let at = 0; at < delta.length; at += pieceBytes) receiving.write(delta.subarray(at, at + pieceBytes));
  receiving.finish();
}

function update(slots: ModelSlots, delta: Uint8Array, next: Uint8Array, pieceBytes?: number): void {
  receive(slots, delta, nameOf(next), pieceBytes);
  for (const _ of slots.apply(nameOf(next), delta.length, 1000));
}

/** A board that was switched on again, with what is in its flash. */
function reborn(flash: Flash): ModelSlots {
  const slots = new ModelSlots(flash);
  for (const _ of slots.check());
  return slots;
}

function holdsWhole(slots: ModelSlots, frame: Uint8Array): boolean {
  if (!slots.holds(nameOf(frame))) return false;
  const out = new Uint8Array(decodeModel(frame).parameters.byteLength);
  slots.held!.source.readParameters(0, out);
  return isSameBytes(out, new Uint8Array(decodeModel(frame).parameters));
}

for (const pieceBytes of [1, 39, 40, 41, 1436, 100_000]) {
  test(`a delta in pieces of ${pieceBytes} bytes leads to the next model, over restarts too`, () => {
    const flash = new MemoryFlash();
    const slots = new ModelSlots(flash);
    download(slots, FIRST);
    update(slots, DELTA, SECOND, pieceBytes);
    assert.ok(holdsWhole(slots, SECOND));
    assert.ok(holdsWhole(reborn(flash), SECOND));
  });
}

test('one delta after the other, with restarts and whole models between', () => {
  const flash = new MemoryFlash();
  let slots = new ModelSlots(flash);
  download(slots, FIRST);
  let frame = FIRST;
  for (let round = 1; round <= 12; round++) {
    const next = nextFrame(frame, round);
    if (round % 5 === 0) download(slots, next);
    else update(slots, deltaFrame(frame, next), next);
    if (round % 3 === 0) slots = reborn(flash);
    assert.ok(holdsWhole(slots, next), `round ${round}`);
    frame = next;
  }
  assert.is(flash.wear.recordSaves, 13);
  assert.is(flash.wear.erases, 13);
});

test('power lost anywhere in receiving and applying leaves the old model or the new one, whole', () => {
  const first = new NorChip(10 * SECTOR_BYTES);
  download(new ModelSlots(new StoredFlash(first)), FIRST);
  const calm = first.copy();
  update(reborn(new StoredFlash(calm)), DELTA, SECOND);
  const { steps } = calm;
  assert.ok(steps > SECOND.length + DELTA.length, `${steps} steps`);
  for (const [kind, tear] of TEARS.entries()) {
    for (let cut = kind; cut < steps; cut += cut < steps - 120 ? 311 : 37) {
      const chip = first.copy();
      chip.cutAfter({ steps: cut, tear, random: new Random(cut) });
      assert.throws(
        () => update(reborn(new StoredFlash(chip)), DELTA, SECOND),
        (e: unknown) => e instanceof PowerLoss,
      );
      chip.powerOn();
      const after = reborn(new StoredFlash(chip));
      assert.ok(holdsWhole(after, FIRST), `${tear}, after ${cut} steps`);
      update(after, DELTA, SECOND);
      assert.ok(holdsWhole(reborn(new StoredFlash(chip)), SECOND), `${tear}, after ${cut} steps, again`);
    }
  }
});

test('a damaged byte anywhere is noticed and the old model stays', () => {
  for (let at = 0; at < DELTA.length; at += 7) {
    const slots = new ModelSlots(new MemoryFlash());
    download(slots, FIRST);
    const damaged = DELTA.slice();
    damaged[at] ^= 0x10;
    assert.throws(
      () => update(slots, damaged, SECOND),
      (e: unknown) => e instanceof ProtocolError,
    );
    assert.ok(holdsWhole(slots, FIRST), `damaged at ${at}`);
  }
});

test('a forged delta with the right checksums of its own never leads to another model', () => {
  for (let at = 40; at < DELTA.length; at += 3) {
    const flash = new MemoryFlash();
    const slots = new ModelSlots(flash);
    download(slots, FIRST);
    const forged = DELTA.slice();
    forged[at] ^= 1 << (at % 8);
    fixChecksum(forged);
    receive(slots, forged, nameOf(SECOND));
    assert.throws(
      () => {
        for (const _ of slots.apply(nameOf(SECOND), forged.length, 1000));
      },
      (e: unknown) => e instanceof ProtocolError,
    );
    assert.ok(holdsWhole(slots, FIRST) && holdsWhole(reborn(flash), FIRST), `forged at ${at}`);
  }
});

test('a delta that leads from or to another model is refused before flash is touched', () => {
  const flash = new MemoryFlash();
  const slots = new ModelSlots(flash);
  download(slots, FIRST);
  const third = nextFrame(SECOND, 3);
  const { erases } = flash.wear;
  assert.throws(() => update(slots, deltaFrame(SECOND, third), third), /delta from model/);
  assert.throws(() => update(slots, deltaFrame(FIRST, third), SECOND), /delta to model/);
  assert.throws(() => update(slots, SECOND, SECOND), /frame kind 2, expected delta/);
  assert.is(flash.wear.erases, erases);
  assert.ok(holdsWhole(slots, FIRST));
});

test('a delta without a model, too short, too long or too big for a slot is refused', () => {
  const slots = new ModelSlots(new MemoryFlash(FIRST.length + DELTA.length));
  const name = nameOf(SECOND);
  assert.throws(() => slots.receiveDelta(name, DELTA.length), /delta without a model/);
  download(slots, FIRST);
  const expected = new RegExp(
    `delta and model of \\d+ bytes, expected at most ${FIRST.length + DELTA.length}`,
  );
  assert.throws(() => slots.receiveDelta(name, DELTA.length + 1), expected);
  for (const length of [0, 10, 40, DELTA.length - 4]) {
    const short = slots.receiveDelta(name, DELTA.length);
    short.write(DELTA.subarray(0, length));
    assert.throws(() => short.finish(), new RegExp(`delta of ${length} bytes, expected \\d+`));
  }
  assert.throws(() => slots.receiveDelta(name, 20).finish(), /delta of 0 bytes, expected 40/);
  update(slots, DELTA, SECOND);
  assert.ok(holdsWhole(slots, SECOND));
});

test.run();
