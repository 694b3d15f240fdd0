import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MessageSink, TransportEvents } from '../../../firmware/ports/ports.js';
import { NodeClock } from '../../../tools/emulator/clock.js';
import { type Faults, FaultyTransport } from '../../../tools/emulator/faults.js';
import { TcpTransport } from '../../../tools/emulator/transport.js';
import { TestBroker, until } from '../../firmware/room.js';

const test = suite('faults');
const OPTIONS = { clientId: 'b', keepAliveMs: 60_000, will: { topic: 'w', payload: Uint8Array.of(1) } };

/** Opens a faulty transport again and again and writes down what it does. */
class Witness implements TransportEvents {
  readonly story: string[] = [];
  readonly transport: FaultyTransport;
  readonly clock = new NodeClock();

  constructor(broker: TestBroker, faults: Faults) {
    this.transport = new FaultyTransport(new TcpTransport(broker.address), this.clock, faults);
  }

  open(): void {
    this.transport.open(OPTIONS, this);
  }

  onConnected(): void {
    this.story.push('up');
  }

  onMessage(topic: string, lengthBytes: number): MessageSink {
    let got = 0;
    this.story.push(`${topic} begins`);
    return {
      write: (bytes) => {
        got += bytes.length;
        this.story.push(`${got}`);
      },
      end: () => this.story.push(`${topic} ${got} of ${lengthBytes}`),
    };
  }

  onClosed(reason: string): void {
    this.story.push(reason);
  }

  stop(): void {
    this.transport.cut();
    this.clock.halt();
  }
}

test('a break in the middle of a message leaves it unfinished', async () => {
  const broker = await TestBroker.open();
  await broker.publish('model', new Uint8Array(6000), true);
  const witness = new Witness(broker, { seed: 1, breakAfterBytes: { min: 3000, max: 3000 } });
  witness.open();
  await until('up', () => witness.story.length === 1);
  witness.transport.subscribe('model');
  await until('break', () => witness.story.length === 5);
  assert.equal(witness.story, ['up', 'model begins', '1436', '2872', 'broken in a message']);
  witness.stop();
  await broker.close();
});

test('a message sent at the break arrives without acknowledgement, or not at all', async () => {
  const broker = await TestBroker.open();
  const outcomes = new Set<string>();
  for (let seed = 0; seed < 12; seed++) {
    const witness = new Witness(broker, { seed, breakAfterBytes: { min: 10, max: 10 } });
    witness.open();
    await until('up', () => witness.story.length === 1);
    let acknowledged = 0;
    witness.transport.publish('a', Uint8Array.of(seed), 1, () => acknowledged++);
    await until('first', () => acknowledged === 1);
    const before = broker.on('a').length;
    witness.transport.publish('a', new Uint8Array(20), 1, () => acknowledged++);
    await until('break', () => witness.story.length === 2);
    assert.is(acknowledged, 1);
    outcomes.add(`${witness.story[1]}, ${broker.on('a').length - before} arrived`);
    witness.stop();
  }
  assert.equal([...outcomes].sort(), [
    'broken before a message, 0 arrived',
    'broken before an acknowledgement, 1 arrived',
  ]);
  await broker.close();
});

test('the same seed gives the same story, another seed another', async () => {
  const broker = await TestBroker.open();
  await broker.publish('model', new Uint8Array(20_000), true);
  const tell = async (seed: number) => {
    const faults = { seed, refuseOf256: 100, breakAfterBytes: { min: 1000, max: 30_000 }, delayMs: 3 };
    const witness = new Witness(broker, faults);
    for (let i = 0; i < 12; i++) {
      const start = witness.story.length;
      witness.open();
      await until('answer', () => witness.story.length > start);
      if (witness.story[start] === 'refused') continue;
      witness.transport.subscribe('model');
      await until('end', () => /broken| of /.test(witness.story.at(-1) ?? ''));
      witness.transport.close();
    }
    witness.stop();
    return witness.story.join(';');
  };
  const first = await tell(2);
  assert.is(await tell(2), first);
  assert.is.not(await tell(3), first);
  assert.match(first, 'refused');
  assert.match(first, '20000 of 20000');
  assert.match(first, 'broken in a message');
  await broker.close();
});

test('delayed messages keep their order', async () => {
  const broker = await TestBroker.open();
  const witness = new Witness(broker, { seed: 3, delayMs: 8 });
  witness.open();
  await until('up', () => witness.story.length === 1);
  for (let i = 0; i < 10; i++) witness.transport.publish('a', Uint8Array.of(i), 1, () => {});
  await until('all', () => broker.on('a').length === 10);
  assert.equal(
    broker.on('a').map(({ payload }) => payload[0]),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  witness.stop();
  await broker.close();
});

test('delayed messages keep their order where the event loop stands still between them, too', async () => {
  const COUNT = 40;
  const broker = await TestBroker.open();
  const witness = new Witness(broker, { seed: 3, delayMs: 8 });
  witness.open();
  await until('up', () => witness.story.length === 1);
  for (let i = 0; i < COUNT; i++) {
    witness.transport.publish('a', Uint8Array.of(i), 1, () => {});
    const end = performance.now() + 2;
    while (performance.now() < end); // other boards are at work
  }
  await until('all', () => broker.on('a').length === COUNT);
  assert.equal(
    broker.on('a').map(({ payload }) => payload[0]),
    Array.from({ length: COUNT }, (_, i) => i),
  );
  witness.stop();
  await broker.close();
});

test('a repeated message arrives twice and is acknowledged once, a damaged one has one bit changed', async () => {
  const broker = await TestBroker.open();
  const witness = new Witness(broker, { seed: 4, repeatOf256: 256, damageOf256: 128 });
  witness.open();
  await until('up', () => witness.story.length === 1);
  let acknowledged = 0;
  for (let i = 0; i < 20; i++) witness.transport.publish('a', new Uint8Array(9), 1, () => acknowledged++);
  await until('all', () => broker.on('a').length === 40 && acknowledged === 20);
  const bits = (payload: Uint8Array) =>
    payload.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
  const damage = broker.on('a').map(({ payload }) => bits(payload));
  for (let i = 0; i < 40; i += 2) assert.is(damage[i], damage[i + 1]);
  assert.equal([...new Set(damage)].sort(), [0, 1]);
  witness.stop();
  await broker.close();
});

test.run();
