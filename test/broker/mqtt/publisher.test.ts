import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Publisher } from '../../../broker/mqtt/publisher.js';

const test = suite('publisher');

const payload = Uint8Array.of(1);

test('one message per turn of the event loop, in order', async () => {
  let turn = 0;
  const sent: [string, number][] = [];
  const publisher = new Publisher((topic) => sent.push([topic, turn]));
  const count = () => {
    turn += 1;
    if (turn < 20) setImmediate(count);
  };
  setImmediate(count);
  for (let i = 0; i < 5; i++) void publisher.publish(`t${i}`, payload, false);
  assert.equal(sent, []);
  await publisher.drained();
  assert.equal(
    sent.map(([topic]) => topic),
    ['t0', 't1', 't2', 't3', 't4'],
  );
  assert.is(new Set(sent.map(([, at]) => at)).size, 5);
});

test('a message published while one is sent waits for its own turn', async () => {
  const sent: string[] = [];
  const publisher: Publisher = new Publisher((topic) => {
    sent.push(topic);
    if (topic === 'a') void publisher.publish('b', payload, false);
  });
  await publisher.publish('a', payload, false);
  assert.equal(sent, ['a']);
  await publisher.drained();
  assert.equal(sent, ['a', 'b']);
});

test('resolves when the message was sent, and only then', async () => {
  const sent: string[] = [];
  const publisher = new Publisher((topic) => sent.push(topic));
  const first = publisher.publish('a', payload, false);
  const second = publisher.publish('b', payload, false);
  await first;
  assert.equal(sent, ['a']);
  await second;
  assert.equal(sent, ['a', 'b']);
});

test('an empty payload is refused', () => {
  const publisher = new Publisher(() => {});
  assert.throws(
    () => publisher.publish('t', new Uint8Array(0), true),
    'payload of t 0 bytes, expected at least 1',
  );
});

test.run();
