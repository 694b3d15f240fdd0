import { createServer } from 'node:net';
import type { MqttClient } from 'mqtt';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MqttBroker, type MqttSettings } from '../../../broker/mqtt/broker.js';
import { gatewayTo } from '../../../broker/mqtt/gateway.js';
import type { Uplinks } from '../../../broker/rounds/ports.js';
import { Connections, connectPacket, inbox, publishPacket, subscribePacket, until } from './clients.js';

const test = suite('mqtt broker');

/** Records what came up; `hold` delays the acknowledgement of updates. */
class Recorder implements Uplinks {
  readonly heard: [string, string, number][] = [];
  hold: Promise<void> = Promise.resolve();
  throws: Error | undefined;

  hasReported(): boolean {
    return false;
  }

  async receiveUpdate(device: string, frame: Uint8Array): Promise<void> {
    this.heard.push(['update', device, frame.length]);
    if (this.throws !== undefined) throw this.throws;
    await this.hold;
  }

  async receiveStatus(device: string, frame: Uint8Array): Promise<void> {
    this.heard.push(['status', device, frame.length]);
  }

  receiveMetrics(device: string, frame: Uint8Array): void {
    this.heard.push(['metrics', device, frame.length]);
    if (this.throws !== undefined) throw this.throws;
  }

  receiveGone(device: string): void {
    this.heard.push(['gone', device, 0]);
    if (this.throws !== undefined) throw this.throws;
  }
}

interface Running {
  readonly broker: MqttBroker;
  readonly port: number;
  readonly recorder: Recorder;
  readonly lines: string[];
}

const connections = new Connections();
const brokers: MqttBroker[] = [];

async function start(changes: Partial<MqttSettings> = {}): Promise<Running> {
  const lines: string[] = [];
  const settings = {
    task: 'digits',
    host: '127.0.0.1',
    port: 0,
    maxClients: 300,
    maxUpdateBytes: 10_000,
    maxQueuedBytes: 262_144,
    ...changes,
  };
  const broker = new MqttBroker(settings, (line) => lines.push(line));
  brokers.push(broker);
  const recorder = new Recorder();
  const { plain: port = 0 } = await broker.listen(recorder);
  return { broker, port, recorder, lines };
}

test.after(async () => {
  await connections.close();
  for (const broker of brokers) await broker.close();
});

const PLAN = 'fl/1/digits/plan';
const MODEL = 'fl/1/digits/model';
const bytes = (length: number, value = 1) => Buffer.alloc(length, value);

/** Resolves with false when the connection is closed instead. */
async function acknowledged(
  client: MqttClient,
  topic: string,
  payload: Buffer,
  retain = false,
): Promise<boolean> {
  return new Promise((resolve) => {
    client.once('close', () => resolve(false));
    client.publish(topic, payload, { qos: 1, retain }, (error) => resolve(!error));
  });
}

test('model and plan reach 50 subscribers, all of them, in order, over many rounds', async () => {
  const { broker, port } = await start();
  const down = gatewayTo(broker, 'digits');
  const boxes = await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      const client = await connections.client(port, `b${i}`);
      const box = inbox(client);
      await client.subscribeAsync([PLAN, MODEL, `fl/1/digits/verdict/b${i}`], { qos: 1 });
      return box;
    }),
  );
  for (let round = 1; round <= 10; round++) {
    for (let i = 0; i < 50; i++) void down.publishVerdict(`b${i}`, bytes(28, round));
    void down.publishModel(bytes(3000, round));
    void down.publishPlan(bytes(200, round)); // all of it in one turn: this is what Aedes loses by itself
  }
  await until(() => boxes.every((box) => box.length >= 30), 'all messages');
  for (const [i, box] of boxes.entries()) {
    const kinds = box.map(({ topic, payload }) => `${topic.slice(12)} ${payload[0]}`);
    const expected = Array.from({ length: 10 }, (_, r) => [
      `verdict/b${i} ${r + 1}`,
      `model ${r + 1}`,
      `plan ${r + 1}`,
    ]);
    assert.equal(kinds, expected.flat());
  }
  assert.is(broker.bytesSent, 50 * 10 * (3000 + 200 + 28));
});

test('a board that subscribes later gets the retained plan and model, but no verdict', async () => {
  const { broker, port } = await start();
  const down = gatewayTo(broker, 'digits');
  void down.publishModel(bytes(3000));
  void down.publishPlan(bytes(200));
  await down.publishVerdict('late', bytes(28));
  const client = await connections.client(port, 'late');
  const box = inbox(client);
  await client.subscribeAsync([PLAN, MODEL, 'fl/1/digits/verdict/late'], { qos: 1 });
  await until(() => box.length >= 2, 'retained messages');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(box.map(({ topic }) => topic).sort(), [MODEL, PLAN]);
});

test('a board that subscribes while a model is published ends with the newest, not with the retained one', async () => {
  const { broker, port } = await start();
  const down = gatewayTo(broker, 'digits');
  for (let version = 1; version <= 60; version += 2) {
    await down.publishPlan(bytes(200, version));
    await down.publishModel(bytes(3000, version));
    const client = await connections.client(port, 'a');
    const box = inbox(client);
    const subscribed = client.subscribeAsync([PLAN, MODEL], { qos: 1 });
    for (let i = 0; i < version % 20; i++) await new Promise(setImmediate); // another moment each time
    await down.publishModel(bytes(3000, version + 1));
    await subscribed;
    await until(
      () => box.some(({ topic, payload }) => topic === MODEL && payload[0] === version + 1),
      'the model',
    );
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.is(box.findLast(({ topic }) => topic === MODEL)?.payload[0], version + 1);
    await client.endAsync(true);
  }
});

test('a frozen subscriber is cut and holds nobody back', async () => {
  const { broker, port, lines } = await start();
  const frozen = await connections.socket(
    port,
    Buffer.concat([connectPacket('frozen'), subscribePacket(MODEL)]),
  );
  frozen.pause();
  const client = await connections.client(port, 'live');
  const box = inbox(client);
  await client.subscribeAsync(MODEL, { qos: 1 });
  const down = gatewayTo(broker, 'digits');
  for (let i = 0; i < 300; i++) {
    await down.publishModel(bytes(60_000));
    if (i % 3 === 2) await until(() => box.length === i + 1, `${i + 1} models`); // or it would be slow itself
  }
  await until(() => lines.length > 0, 'a line about the frozen board');
  assert.equal(lines, ['frozen: more than 262144 bytes unsent, cut']);
});

test('PUBACK follows the coordinator, however long it takes', async () => {
  const { port, recorder } = await start();
  let release = () => {};
  recorder.hold = new Promise((resolve) => {
    release = resolve;
  });
  const client = await connections.client(port, 'a');
  let isAcknowledged = false;
  const done = client.publishAsync('fl/1/digits/update/a', bytes(100), { qos: 1 }).then(() => {
    isAcknowledged = true;
  });
  await until(() => recorder.heard.length === 1, 'the update');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.not(isAcknowledged);
  release();
  await done;
});

test('what a board sends reaches the coordinator only, as its own bytes', async () => {
  const { port, recorder } = await start();
  const observer = await connections.client(port, 'observer:me');
  const box = inbox(observer);
  const granted = await observer.subscribeAsync('fl/1/digits/verdict/+', { qos: 0 });
  assert.is(granted[0].qos, 0);
  const client = await connections.client(port, 'a');
  await client.publishAsync('fl/1/digits/status/a', bytes(40), { qos: 1 });
  await client.publishAsync('fl/1/digits/metrics/a', bytes(50), { qos: 0 });
  await client.publishAsync('fl/1/digits/update/a', bytes(10_000), { qos: 1 });
  assert.equal(recorder.heard, [
    ['status', 'a', 40],
    ['metrics', 'a', 50],
    ['update', 'a', 10_000],
  ]);
  assert.equal(box, []);
});

test('where observers may hear updates, they get them as they came, and those alone', async () => {
  const { broker, port, recorder } = await start({ hearUpdates: true });
  const observer = await connections.client(port, 'observer:me');
  const box = inbox(observer);
  await observer.subscribeAsync('fl/1/digits/update/a', { qos: 1 });
  const client = await connections.client(port, 'a');
  await client.publishAsync('fl/1/digits/status/a', bytes(40), { qos: 1 });
  await client.publishAsync('fl/1/digits/update/a', bytes(10_000), { qos: 1 });
  await until(() => box.length > 0, 'the update');
  assert.is(box.length, 1);
  assert.is(box[0].topic, 'fl/1/digits/update/a');
  assert.ok(Buffer.from(bytes(10_000)).equals(box[0].payload));
  assert.is(recorder.heard.length, 2);
  assert.is(broker.bytesSent, 0); // no board got anything
});

test('many messages in one segment are all heard', async () => {
  const { port, recorder } = await start();
  const socket = await connections.socket(port, connectPacket('a'));
  await new Promise((resolve) => socket.once('data', resolve)); // CONNACK
  const metrics = Buffer.concat([
    Buffer.from([0x30, 30, 0, 22]),
    Buffer.from('fl/1/digits/metrics/aa'),
    bytes(6),
  ]);
  metrics.writeUInt16BE(21, 2);
  socket.write(Buffer.concat(Array.from({ length: 40 }, () => metrics)));
  await until(() => recorder.heard.length === 40, '40 metrics');
});

test('a message repeated with DUP is told to the coordinator twice and acknowledged twice', async () => {
  const { port, recorder } = await start();
  const socket = await connections.socket(port, connectPacket('a'));
  await new Promise((resolve) => socket.once('data', resolve));
  const acknowledgements: number[] = [];
  socket.on('data', (chunk) => acknowledgements.push(...chunk));
  const topic = 'fl/1/digits/update/a';
  socket.write(publishPacket(topic, bytes(100), 5));
  socket.write(publishPacket(topic, bytes(100), 5, true));
  await until(() => acknowledgements.length === 8, 'two PUBACK');
  assert.equal(acknowledgements, [0x40, 2, 0, 5, 0x40, 2, 0, 5]);
  assert.is(recorder.heard.length, 2);
});

for (const [what, topic, payload, retain] of [
  ['a retained message', 'fl/1/digits/update/a', bytes(10), true],
  ['a message to the topic of another', 'fl/1/digits/update/b', bytes(10), false],
  ['a message to the plan', PLAN, bytes(10), false],
  ['an empty message', 'fl/1/digits/update/a', bytes(0), false],
  ['too long a status', 'fl/1/digits/status/a', bytes(257), false],
] as const) {
  test(`${what} closes the connection and reaches nobody`, async () => {
    const { port, recorder, lines } = await start();
    const client = await connections.client(port, 'a');
    assert.not(await acknowledged(client, topic, payload, retain));
    await until(() => recorder.heard.length > 0, 'the disconnect');
    assert.equal(recorder.heard, [['gone', 'a', 0]]);
    assert.is(lines.length, 1);
    assert.match(lines[0], /^a: .*expected/);
  });
}

test('refused subscriptions are answered with 128, $share and wildcards too', async () => {
  const { broker, port } = await start();
  const socket = await connections.socket(port, connectPacket('a'));
  const answers: number[] = [];
  socket.on('data', (chunk) => answers.push(...chunk));
  const refused = ['$share/g/fl/1/digits/plan', '#', 'fl/1/digits/+', 'fl/1/digits/verdict/b', 'fl/1/x/plan'];
  for (const topic of refused) socket.write(subscribePacket(topic));
  socket.write(subscribePacket(MODEL));
  await until(() => answers.length === 4 + 6 * 5, 'answers');
  await gatewayTo(broker, 'digits').publishPlan(bytes(10));
  await gatewayTo(broker, 'digits').publishVerdict('b', bytes(10));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const suback = (code: number) => [0x90, 3, 0, 1, code];
  assert.equal(answers, [0x20, 2, 0, 0, ...refused.flatMap(() => suback(128)), ...suback(1)]);
});

test('a stranger is refused with CONNACK 5', async () => {
  const { port } = await start();
  for (const [clientId, options] of [
    ['Not A Device', {}],
    ['a', { clean: false }],
    ['a', { will: { topic: 'fl/1/digits/status/b', payload: bytes(10), qos: 1, retain: false } }],
    ['a', { will: { topic: 'fl/1/digits/status/a', payload: bytes(10), qos: 1, retain: true } }],
  ] as const) {
    const code = await connections.client(port, clientId, options).then(
      () => 0,
      (error: { code?: number }) => error.code,
    );
    assert.is(code, 5, clientId);
  }
});

test('a will is heard when the link is lost, and the loss is told after it', async () => {
  const { port, recorder } = await start();
  const will = { topic: 'fl/1/digits/status/a', payload: bytes(40), qos: 1 as const, retain: false };
  const client = await connections.client(port, 'a', { will });
  client.stream.destroy();
  await until(() => recorder.heard.length === 2, 'will and loss');
  assert.equal(recorder.heard, [
    ['status', 'a', 40],
    ['gone', 'a', 0],
  ]);
});

test('an unfinished CONNECT of 200 MB is cut at its first bytes', async () => {
  const { port, lines } = await start();
  const socket = await connections.socket(port, Buffer.from([0x10, 0x80, 0x84, 0xaf, 0x5f])); // 200,000,000
  let written = 0;
  const chunk = bytes(65_536);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const flood = setInterval(() => {
    if (socket.writable && socket.write(chunk)) written += chunk.length;
  }, 1);
  await closed;
  clearInterval(flood);
  assert.ok(written < 20_000_000, `${written} bytes written before the cut`);
  assert.match(lines[0], /packet too long, cut$/);
});

test('an accepted board may send no more than an update', async () => {
  const { port, recorder } = await start();
  const client = await connections.client(port, 'a');
  assert.not(await acknowledged(client, 'fl/1/digits/update/a', bytes(10_300)));
  assert.equal(
    recorder.heard.filter(([kind]) => kind === 'update'),
    [],
  );
});

test('a coordinator that throws closes one connection and no more', async () => {
  const { port, recorder, lines } = await start();
  const client = await connections.client(port, 'a');
  const other = await connections.client(port, 'b');
  recorder.throws = new Error('no disk');
  assert.not(await acknowledged(client, 'fl/1/digits/update/a', bytes(10)));
  await until(() => lines.length === 2, 'its disconnect, which throws as well');
  assert.equal(lines, ['a: no disk', 'a: Error: no disk']);
  recorder.throws = undefined;
  assert.ok(await acknowledged(other, 'fl/1/digits/update/b', bytes(10)));
});

test('connections beyond the limit are dropped', async () => {
  const { port } = await start({ maxClients: 2 });
  await connections.client(port, 'a');
  await connections.client(port, 'b');
  const refused = await connections.client(port, 'c').then(
    () => 'connected',
    () => 'refused',
  );
  assert.is(refused, 'refused');
});

test('a taken port is an error of one line', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  const message = await start({ port }).then(
    () => 'started',
    (error: Error) => error.message,
  );
  assert.is(message, `port ${port} in use, expected a free one`);
  await new Promise((resolve) => taken.close(resolve));
});

test('closing lets sockets go that never said CONNECT', async () => {
  const { broker, port } = await start();
  const socket = await connections.socket(port, Buffer.from([0x10]));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await broker.close();
  await closed;
});

test.run();
