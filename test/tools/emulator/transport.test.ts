import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TransportEvents, TransportOptions } from '../../../firmware/ports/ports.js';
import { TcpTransport } from '../../../tools/emulator/transport.js';
import { sleep, TestBroker, until } from '../../firmware/room.js';

const test = suite('transport');
const OPTIONS: TransportOptions = {
  clientId: 'board-1',
  keepAliveMs: 60_000,
  will: { topic: 'will', payload: Uint8Array.of(9) },
};

function recorder(): { readonly story: string[]; readonly events: TransportEvents } {
  const story: string[] = [];
  const events: TransportEvents = {
    onConnected: () => story.push('up'),
    onClosed: (reason) => story.push(`closed: ${reason}`),
    onMessage: (topic, lengthBytes) => {
      story.push(`${topic} ${lengthBytes}`);
      return { write: (bytes) => story.push(`${bytes.length}:${bytes[0]}`), end: () => story.push('end') };
    },
  };
  return { story, events };
}

test('a message arrives in pieces of one segment', async () => {
  const broker = await TestBroker.open();
  const { story, events } = recorder();
  const transport = new TcpTransport(broker.address);
  transport.open(OPTIONS, events);
  await until('up', () => story.length === 1);
  transport.subscribe('model');
  await until('subscription', () => broker.subscriptions.length === 1);
  await broker.publish('model', new Uint8Array(3000).fill(4));
  await until('end', () => story.includes('end'));
  assert.equal(story, ['up', 'model 3000', '1436:4', '1436:4', '128:4', 'end']);
  transport.close();
  await broker.close();
});

test('a dropped message and an unsubscribed topic stay unread', async () => {
  const broker = await TestBroker.open();
  const { story, events } = recorder();
  const transport = new TcpTransport(broker.address);
  transport.open(OPTIONS, { ...events, onMessage: (topic) => void story.push(`dropped ${topic}`) });
  await until('up', () => story.length === 1);
  transport.subscribe('a');
  transport.subscribe('b');
  transport.unsubscribe('a');
  let acknowledged = 0;
  transport.publish('x', Uint8Array.of(1), 1, () => acknowledged++); // packets keep their order
  await until('acknowledgement', () => acknowledged === 1);
  await broker.publish('a', Uint8Array.of(1));
  await broker.publish('b', Uint8Array.of(1));
  await until('b', () => story.length === 2);
  assert.equal(story, ['up', 'dropped b']);
  transport.close();
  await broker.close();
});

test('nothing listens: it says why it closed', async () => {
  const broker = await TestBroker.open();
  const { address } = broker;
  await broker.close();
  const { story, events } = recorder();
  const transport = new TcpTransport(address);
  transport.open(OPTIONS, events);
  await until('closed', () => story.length === 1);
  assert.match(story[0], /closed: .*ECONNREFUSED/);
});

test('lost in flight: no acknowledgement follows, and it opens again', async () => {
  const broker = await TestBroker.open();
  broker.onMessage = ({ topic }) => topic !== 'held';
  const { story, events } = recorder();
  const transport = new TcpTransport(broker.address);
  transport.open(OPTIONS, events);
  await until('up', () => story.length === 1);
  transport.publish('held', Uint8Array.of(1), 1, () => story.push('acknowledged held'));
  await until('arrived', () => broker.on('held').length === 1);
  broker.cut();
  await until('closed', () => story.length === 2);
  transport.open(OPTIONS, events);
  await until('up again', () => story.length === 3);
  transport.publish('a', Uint8Array.of(1), 1, () => story.push('acknowledged a'));
  await until('acknowledged', () => story.length === 4);
  assert.is(story[1].startsWith('closed'), true);
  assert.equal(story.slice(2), ['up', 'acknowledged a']);
  assert.is(broker.on('held').length, 1);
  transport.close();
  await broker.close();
});

test('close is a goodbye even with a message in flight, a cut is not', async () => {
  const broker = await TestBroker.open();
  broker.onMessage = ({ topic }) => topic !== 'held';
  for (const end of ['close', 'cut'] as const) {
    const { story, events } = recorder();
    const transport = new TcpTransport(broker.address);
    transport.open({ ...OPTIONS, will: { topic: end, payload: Uint8Array.of(9) } }, events);
    await until('up', () => story.length === 1);
    transport.publish('held', Uint8Array.of(1), 1, () => story.push('acknowledged'));
    transport[end]();
    transport[end]();
    await sleep(50);
    assert.equal(story, ['up']);
  }
  await until('the will of the cut one', () => broker.on('cut').length === 1);
  assert.is(broker.on('close').length, 0);
  await broker.close();
});

test('an empty message ends the connection: it would freeze a board', async () => {
  const broker = await TestBroker.open();
  const { story, events } = recorder();
  const transport = new TcpTransport(broker.address);
  transport.open(OPTIONS, events);
  await until('up', () => story.length === 1);
  transport.subscribe('a');
  await until('subscription', () => broker.subscriptions.length === 1);
  await broker.publish('a', new Uint8Array(0));
  await until('closed', () => story.length === 2);
  assert.equal(story, ['up', 'closed: empty message on a']);
  await broker.close();
});

test.run();
