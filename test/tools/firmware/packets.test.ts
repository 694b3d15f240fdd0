import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PublishReader } from '../../../tools/firmware/packets.js';

const test = suite('firmware/packets');

/** A PUBLISH packet. MQTT 3.1.1, section 3.3. */
function publish(topic: string, payload: Buffer, qos: 0 | 1): Buffer {
  const name = Buffer.from(topic);
  const body = Buffer.concat([
    Buffer.of(name.length >> 8, name.length & 255),
    name,
    qos === 1 ? Buffer.of(0, 9) : Buffer.alloc(0),
    payload,
  ]);
  const length: number[] = [];
  for (let rest = body.length; ; rest >>= 7) {
    length.push((rest & 127) | (rest > 127 ? 128 : 0));
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.of(0x30 | (qos << 1), ...length), body]);
}

const long = Buffer.alloc(20_000, 7);
const stream = Buffer.concat([
  Buffer.of(0xc0, 0), // PINGREQ
  publish('fl/1/a/update/b', long, 1),
  Buffer.of(0x40, 2, 0, 9), // PUBACK
  publish('fl/1/a/metrics/b', Buffer.from('m'), 0),
]);

test('messages are found whole, wherever the stream is cut', () => {
  for (const size of [1, 7, 1460, stream.length]) {
    const reader = new PublishReader();
    const found = [];
    for (let at = 0; at < stream.length; at += size)
      found.push(...reader.push(stream.subarray(at, at + size)));
    assert.is(found.length, 2);
    assert.is(found[0].topic, 'fl/1/a/update/b');
    assert.ok(found[0].payload.equals(long));
    assert.is(found[1].topic, 'fl/1/a/metrics/b');
    assert.is(found[1].payload.toString(), 'm');
  }
});

test('a message that is not whole is not told', () => {
  const reader = new PublishReader();
  assert.equal(reader.push(stream.subarray(0, 10_000)), []);
});

test.run();
