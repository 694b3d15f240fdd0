import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FrameGuard } from '../../../broker/mqtt/guard.js';

const test = suite('guard');

/** A packet with `length` bytes after its fixed header. */
function packet(length: number): Uint8Array {
  const header = [0x30];
  let rest = length;
  do {
    header.push(rest >= 128 ? (rest & 127) | 128 : rest);
    rest >>= 7;
  } while (rest > 0);
  return Uint8Array.from([...header, ...new Uint8Array(length).fill(0xff)]);
}

test('packets up to the limit pass, in any cut', () => {
  const stream = Uint8Array.from([0, 1, 127, 128, 300, 512, 0].flatMap((length) => [...packet(length)]));
  for (const step of [1, 2, 3, 7, 130, stream.length]) {
    const guard = new FrameGuard(512);
    for (let at = 0; at < stream.length; at += step) assert.ok(guard.accept(stream.subarray(at, at + step)));
  }
});

test('a longer packet is refused by its header, before its body comes', () => {
  assert.not.ok(new FrameGuard(512).accept(packet(513).subarray(0, 3)));
  assert.not.ok(new FrameGuard(512).accept(Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0x7f)));
});

test('a length of more than four bytes is no MQTT', () => {
  assert.not.ok(new FrameGuard(2 ** 31).accept(Uint8Array.of(0x10, 0x80, 0x80, 0x80, 0x80, 0x01)));
});

test('the limit can be raised in the middle of a stream', () => {
  const guard = new FrameGuard(10);
  assert.ok(guard.accept(packet(10)));
  guard.raiseTo(1000);
  assert.ok(guard.accept(packet(1000)));
  assert.not.ok(guard.accept(packet(1001)));
});

test.run();
