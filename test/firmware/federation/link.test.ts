import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Link } from '../../../firmware/federation/link.js';
import { SETTINGS, type Settings } from '../../../firmware/federation/settings.js';
import type { MessageSink } from '../../../firmware/ports/ports.js';
import { NodeClock } from '../../../tools/emulator/clock.js';
import { SeededEntropy } from '../../../tools/emulator/entropy.js';
import { FaultyTransport } from '../../../tools/emulator/faults.js';
import { TcpTransport } from '../../../tools/emulator/transport.js';
import { sleep, TestBroker, until } from '../room.js';

const test = suite('link');
const QUICK: Settings = { ...SETTINGS, backoffFirstMs: 5, backoffMaxMs: 40 };

/** A link over real TCP that writes down what happens to it. */
class Rig {
  readonly events: string[] = [];
  readonly lines: string[] = [];
  readonly transport: FaultyTransport;
  readonly link: Link;
  readonly #clock = new NodeClock();

  constructor(broker: TestBroker, settings: Settings = QUICK, onUp: (link: Link) => void = () => {}) {
    this.transport = new FaultyTransport(new TcpTransport(broker.address), this.#clock, { seed: 1 });
    this.link = new Link({
      transport: this.transport,
      clock: this.#clock,
      entropy: new SeededEntropy(7),
      log: { line: (text) => this.lines.push(text) },
      settings,
      clientId: 'board-1',
      will: { topic: 'status/board-1', payload: Uint8Array.of(0) },
    });
    this.link.start({
      onUp: () => {
        this.events.push('up');
        onUp(this.link);
      },
      onDown: () => this.events.push('down'),
      onMessage: (topic, lengthBytes) => this.#sink(topic, lengthBytes),
    });
  }

  stop(): void {
    this.link.stop();
    this.#clock.halt();
  }

  #sink(topic: string, lengthBytes: number): MessageSink | undefined {
    if (topic === 'unwanted') return undefined;
    if (topic === 'bad') throw new Error('bad frame');
    let sum = 0;
    return {
      write: (bytes) => {
        if (topic === 'worse') throw new Error('worse frame');
        sum += bytes.length;
      },
      end: () => this.events.push(`${topic} ${sum} of ${lengthBytes}`),
    };
  }
}

test('after a loss it connects again, subscribes again and says so', async () => {
  const broker = await TestBroker.open();
  const rig = new Rig(broker);
  rig.link.subscribe('plan');
  await until('first subscription', () => broker.subscriptions.length === 1);
  broker.cut();
  await until('second connection', () => rig.events.length === 3);
  assert.equal(rig.events, ['up', 'down', 'up']);
  assert.is(rig.link.reconnects, 1);
  await until('second subscription', () => broker.subscriptions.length === 2);
  await broker.publish('plan', new Uint8Array(5000));
  await until('plan', () => rig.events.includes('plan 5000 of 5000'));
  rig.stop();
  await broker.close();
});

test('it keeps trying while the broker refuses, later and later', async () => {
  const broker = await TestBroker.open();
  const rig = new Rig(broker);
  await until('first connection', () => rig.events.length === 1);
  rig.transport.refuse(8);
  rig.transport.breakAfter(0);
  await until('second connection', () => rig.events.length === 3);
  const waits = rig.lines.map((line) => Number(/in (\d+) ms/.exec(line)?.[1]));
  assert.is(waits.length, 9);
  assert.ok(waits[0] < 5 && Math.max(...waits) >= 15 && Math.max(...waits) < 40, `waits ${waits}`);
  assert.ok(new Set(waits).size > 4, `jitter: ${waits}`);
  rig.stop();
  await broker.close();
});

test('one message is in flight at a time, and the newest of a topic wins the wait', async () => {
  const broker = await TestBroker.open();
  const acknowledged: number[] = [];
  const send = (link: Link, topic: string, value: number) =>
    link.send(topic, Uint8Array.of(value), 1, () => acknowledged.push(value));
  const rig = new Rig(broker, QUICK, (link) => {
    send(link, 'a', 1);
    send(link, 'status', 2);
    send(link, 'b', 3);
    send(link, 'status', 4);
  });
  await until('acknowledgements', () => acknowledged.length === 3);
  assert.equal(acknowledged, [1, 4, 3]);
  assert.equal(
    broker.seen.map(({ topic, payload }) => `${topic} ${payload[0]}`),
    ['a 1', 'status 4', 'b 3'],
  );
  rig.stop();
  await broker.close();
});

test('a message that is never acknowledged means a dead connection', async () => {
  const broker = await TestBroker.open();
  broker.onMessage = ({ payload }) => payload[0] !== 1;
  let value = 0;
  const acknowledged: number[] = [];
  const rig = new Rig(broker, { ...QUICK, acknowledgeMs: 50 }, (link) => {
    value += 1;
    const sent = value;
    link.send('a', Uint8Array.of(sent), 1, () => acknowledged.push(sent));
  });
  await until('another try', () => acknowledged.length > 0);
  assert.ok(acknowledged[0] >= 2); // on a busy machine more tries are given up
  assert.match(rig.lines[0], 'no acknowledgement for a in 50 ms');
  rig.stop();
  await broker.close();
});

test('a throwing reader costs its message, not the connection', async () => {
  const broker = await TestBroker.open();
  const rig = new Rig(broker);
  for (const topic of ['bad', 'worse', 'unwanted', 'good']) rig.link.subscribe(topic);
  await until('subscriptions', () => broker.subscriptions.length === 4);
  for (const topic of ['bad', 'worse', 'unwanted', 'good']) await broker.publish(topic, new Uint8Array(3000));
  await until('the good one', () => rig.events.includes('good 3000 of 3000'));
  assert.equal(rig.lines, [
    'message on bad dropped: Error bad frame',
    'message on worse dropped: Error worse frame',
  ]);
  assert.equal(rig.events, ['up', 'good 3000 of 3000']);
  rig.stop();
  await broker.close();
});

test('an empty payload is refused before it reaches the wire', async () => {
  const broker = await TestBroker.open();
  const rig = new Rig(broker);
  await until('connection', () => rig.events.length === 1);
  assert.throws(() => rig.link.send('a', new Uint8Array(0), 1), /payload of a 0 bytes, expected at least 1/);
  rig.stop();
  await broker.close();
});

test('stop says goodbye: no will, no further try', async () => {
  const broker = await TestBroker.open();
  const rig = new Rig(broker);
  await until('connection', () => rig.events.length === 1);
  rig.stop();
  await sleep(60);
  assert.equal(broker.seen, []);
  assert.equal(rig.events, ['up']);
  await broker.close();
});

test('a power cut publishes the will', async () => {
  const broker = await TestBroker.open();
  const rig = new Rig(broker);
  await until('connection', () => rig.events.length === 1);
  rig.transport.cut();
  await until('will', () => broker.on('status/board-1').length === 1);
  rig.stop();
  await broker.close();
});

test.run();
