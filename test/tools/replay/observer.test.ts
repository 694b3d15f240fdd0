import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RecordingProxy } from '../../../tools/firmware/proxy.js';
import { type Observed, observe } from '../../../tools/replay/observer.js';
import { TestBroker, until } from '../../firmware/room.js';

const test = suite('observer');

const CONNACK_BYTES = 4;

/** What an observer of this port is told. */
function told(port: number): { readonly story: string[]; readonly observed: Observed } {
  const story: string[] = [];
  const observed: Observed = {
    broker: { host: '127.0.0.1', port },
    task: 'digits',
    device: 'board-1',
    hear: (topic, payload) => story.push(`${topic} ${payload.length}`),
    log: () => {}, // a lost connection, in the words of the system
    onListening: () => story.push('listening'),
    onRefused: (topic) => story.push(`refused ${topic}`),
  };
  return { story, observed };
}

test('a connection that is lost before its subscriptions are answered is no refusal: it is made again', async () => {
  const broker = await TestBroker.open();
  const proxy = new RecordingProxy(() => broker.address.port);
  proxy.nextCut = () => (proxy.cuts === 0 ? { direction: 'down', bytes: CONNACK_BYTES } : undefined);
  const { story, observed } = told(await proxy.listen());
  const observer = observe(observed);
  try {
    await until('an answer', () => story.length > 0);
    assert.equal(story, ['listening']);
    assert.is(proxy.cuts, 1);
    await broker.publish('fl/1/digits/update/board-1', new Uint8Array(7));
    await until('the update', () => story.length > 1);
    assert.equal(story, ['listening', 'fl/1/digits/update/board-1 7']);
  } finally {
    observer.close();
    await proxy.close();
    await broker.close();
  }
});

test('what the broker refuses is told, topic by topic', async () => {
  const broker = await TestBroker.open();
  broker.refuses = (topic) => topic.includes('/update/');
  const { story, observed } = told(broker.address.port);
  const observer = observe(observed);
  try {
    await until('a refusal', () => story.length > 0);
    assert.equal(story, ['refused fl/1/digits/update/board-1']);
  } finally {
    observer.close();
    await broker.close();
  }
});

test('an observer that is closed before its subscriptions are answered was not refused', async () => {
  const broker = await TestBroker.open();
  const { story, observed } = told(broker.address.port);
  const observer = observe(observed);
  try {
    await until('its connection', () => broker.subscriptions.length > 0); // the answers are on their way
    observer.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.not(
      story.some((line) => line.startsWith('refused')),
      story.join('\n'),
    );
  } finally {
    observer.close();
    await broker.close();
  }
});

test.run();
