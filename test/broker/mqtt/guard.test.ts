import { PassThrough } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bucket } from '../../../broker/mqtt/bucket.js';
import { FrameGuard, guardConnection } from '../../../broker/mqtt/guard.js';
import { until } from './clients.js';

const test = suite('guard');

const PUBLISH = 0x30;
const SUBSCRIBE = 0x82;

/** A packet with `length` bytes after its fixed header. */
function packet(length: number, type = PUBLISH): Uint8Array {
  const header = [type];
  let rest = length;
  do {
    header.push(rest >= 128 ? (rest & 127) | 128 : rest);
    rest >>= 7;
  } while (rest > 0);
  return Uint8Array.from([...header, ...new Uint8Array(length).fill(0xff)]);
}

const newGuard = () => new FrameGuard(new Bucket(0));

test('packets up to the limit pass, in any cut', () => {
  const stream = Uint8Array.from([0, 1, 127, 128, 300, 512, 0].flatMap((length) => [...packet(length)]));
  for (const step of [1, 2, 3, 7, 130, stream.length]) {
    const guard = newGuard();
    for (let at = 0; at < stream.length; at += step) {
      const piece = stream.subarray(at, at + step);
      assert.is(guard.accept(piece, 0), piece.length);
    }
  }
});

test('a longer packet is refused by its header, before its body comes', () => {
  assert.is(newGuard().accept(packet(513).subarray(0, 3), 0), -1);
  assert.is(newGuard().accept(Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0x7f), 0), -1);
});

test('a length of more than four bytes is no MQTT', () => {
  const guard = newGuard();
  guard.allowPublish(2 ** 31);
  assert.is(guard.accept(Uint8Array.of(PUBLISH, 0x80, 0x80, 0x80, 0x80, 0x01), 0), -1);
});

test('a client that was let in may publish more, and nothing else of that length', () => {
  const guard = newGuard();
  const passes = (bytes: Uint8Array) => guard.accept(bytes, 0) === bytes.length;
  assert.ok(passes(packet(10)));
  guard.allowPublish(1000);
  assert.ok(passes(packet(1000)));
  assert.ok(passes(packet(512, SUBSCRIBE)));
  assert.not(passes(packet(513, SUBSCRIBE)));
});

test('packets without a token wait at their border and pass when time has brought one', () => {
  const guard = newGuard();
  const pings = new Uint8Array(2 * 1500).map((_, i) => (i % 2 === 0 ? 0xc0 : 0));
  assert.is(guard.accept(pings, 0), 2 * 1000);
  assert.is(guard.accept(pings, 0), 0);
  assert.is(guard.waitMs(0), 1);
  assert.is(guard.accept(pings, 100), 2 * 100);
  assert.is(guard.accept(pings, 10_000), 2 * 1000); // they do not pile up
});

test('a long packet is paid for afterwards', () => {
  const guard = newGuard();
  guard.allowPublish(3_000_000);
  const long = packet(2_000_000);
  assert.is(guard.accept(long, 0), long.length);
  assert.is(guard.waitMs(0), 1002);
  assert.is(guard.accept(packet(1), 1000), 0);
  assert.is(guard.accept(packet(1), 1002), 3);
});

test('a connection that floods is read slowly, and loses no byte', async () => {
  const connection = new PassThrough();
  let now = 0;
  let slowed = 0;
  const events = {
    onCut: () => assert.unreachable(),
    onSlowed: () => {
      slowed += 1;
    },
  };
  guardConnection(connection, newGuard(), () => now, events);
  const sent = Buffer.concat(Array.from({ length: 3000 }, (_, i) => packet(i % 5)));
  const got: Buffer[] = [];
  connection.on('readable', () => {
    for (let chunk = connection.read(); chunk !== null; chunk = connection.read()) got.push(chunk);
  });
  connection.write(sent);
  const count = () => got.reduce((sum, { length }) => sum + length, 0);
  await until(() => count() > 0, 'the first bytes');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(count() < sent.length, `${count()} bytes`);
  await until(() => {
    now += 100; // whenever the guard looks
    return count() === sent.length;
  }, 'the rest');
  assert.ok(Buffer.concat(got).equals(sent));
  assert.ok(slowed >= 2, `${slowed}`);
});

test.run();
