import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refuseConnect, refusePublish, refuseSubscribe } from '../../../broker/mqtt/policy.js';

const test = suite('policy');

const settings = { task: 'digits', maxUpdateBytes: 1000 };
const publish = { topic: 'fl/1/digits/update/a', payload: { length: 1000 }, qos: 1, retain: false };

test('devices and observers may connect, with a clean session', () => {
  const connects = (clientId: string, clean = true) =>
    refuseConnect(settings, { clientId, clean, keepalive: 60 }) === undefined;
  assert.ok(connects('esp32-0123456789ab'));
  assert.ok(connects('observer:me'));
  assert.not(connects('esp32-0123456789ab', false));
  for (const clientId of ['', 'A', 'a/b', '+', 'a b', 'x'.repeat(24), 'observer:', 'a\u0000', '$sys']) {
    assert.not(connects(clientId), clientId);
  }
});

test('a connection says something every ten minutes at least', () => {
  const connects = (keepalive?: number) =>
    refuseConnect(settings, { clientId: 'a', clean: true, keepalive }) === undefined;
  assert.ok(connects(1));
  assert.ok(connects(600));
  for (const keepalive of [undefined, 0, 601, 65535]) assert.not(connects(keepalive), `${keepalive}`);
});

test('a will is a publish like any other', () => {
  const connects = (will: typeof publish) =>
    refuseConnect(settings, { clientId: 'a', clean: true, keepalive: 60, will }) === undefined;
  const will = { ...publish, topic: 'fl/1/digits/status/a', payload: { length: 40 } };
  assert.ok(connects(will));
  assert.not(connects({ ...will, topic: 'fl/1/digits/status/b' }));
  assert.not(connects({ ...will, retain: true }));
  assert.not(connects({ ...will, payload: { length: 0 } }));
});

test('a device publishes to its own uplinks only', () => {
  const may = (topic: string, clientId = 'a') =>
    refusePublish(settings, clientId, { ...publish, topic, payload: { length: 40 } }) === undefined;
  for (const kind of ['update', 'status', 'metrics', 'enrol', 'moments', 'prediction']) {
    assert.ok(may(`fl/1/digits/${kind}/a`), kind);
  }
  for (const topic of [
    'fl/1/digits/update/b',
    'fl/1/other/update/a',
    'fl/2/digits/update/a',
    'fl/1/digits/verdict/a',
    'fl/1/digits/shard/a',
    'fl/1/digits/label/a',
    'fl/1/digits/enrol/b',
    'fl/1/digits/deal',
    'fl/1/digits/windows',
    'fl/1/digits/plan',
    'fl/1/digits/model',
    'fl/1/digits/update',
    'fl/1/digits/update/a/b',
    'fl/1/digits/firmware/a',
    'fl/1/digits/image/a/0',
    '$SYS/x',
    'x',
  ]) {
    assert.not(may(topic), topic);
  }
  assert.not(may('fl/1/digits/update/observer:a', 'observer:a'));
});

test('retained, QoS 2, empty and long messages are refused with their reason', () => {
  const reason = (changes: Partial<typeof publish>) =>
    refusePublish(settings, 'a', { ...publish, ...changes });
  assert.is(reason({}), undefined);
  assert.is(reason({ retain: true }), 'publish retained, expected not');
  assert.is(reason({ qos: 2 }), 'publish qos 2, expected 0 or 1');
  assert.is(reason({ payload: { length: 0 } }), 'update of 0 bytes, expected 1 to 1000');
  assert.is(reason({ payload: { length: 1001 } }), 'update of 1001 bytes, expected 1 to 1000');
  const moments = { topic: 'fl/1/digits/moments/a', payload: { length: 2049 } };
  assert.is(reason(moments), 'moments of 2049 bytes, expected 1 to 2048');
  const status = { topic: 'fl/1/digits/status/a', payload: { length: 257 } };
  assert.is(reason(status), 'status of 257 bytes, expected 1 to 256');
});

test('a device hears what the server says to all, and its own verdict, shard and label', () => {
  const may = (topic: string, clientId = 'a', qos = 1) =>
    refuseSubscribe(settings, clientId, { topic, qos }) === undefined;
  for (const topic of [
    ...['plan', 'model', 'delta', 'deal', 'windows', 'firmware/m5atom', 'image/m5atom/7'],
    ...['verdict/a', 'shard/a', 'label/a'],
  ]) {
    assert.ok(may(`fl/1/digits/${topic}`), topic);
  }
  for (const topic of [
    '#',
    '+/+/+/plan',
    'fl/1/digits/#',
    'fl/1/digits/+',
    'fl/1/digits/verdict/b',
    'fl/1/digits/verdict/+',
    'fl/1/digits/shard/b',
    'fl/1/digits/label/+',
    'fl/1/digits/moments/a',
    'fl/1/digits/update/a',
    'fl/1/digits/firmware/+',
    'fl/1/digits/image/m5atom/+',
    'fl/1/other/plan',
    'fl/1/other/firmware/m5atom',
    '$share/g/fl/1/digits/plan',
    '$SYS/#',
  ]) {
    assert.not(may(topic), topic);
  }
  assert.not(may('fl/1/digits/plan', 'a', 2));
});

test('an observer hears all verdicts', () => {
  const may = (topic: string) => refuseSubscribe(settings, 'observer:a', { topic, qos: 0 }) === undefined;
  assert.ok(may('fl/1/digits/plan'));
  assert.ok(may('fl/1/digits/verdict/+'));
  assert.not(may('fl/1/digits/#'));
  assert.not(may('$share/g/fl/1/digits/verdict/+'));
});

test('observers hear the updates of one device only where the broker says so, devices never', () => {
  const may = (hearUpdates: boolean, topic: string, clientId = 'observer:a') =>
    refuseSubscribe({ ...settings, hearUpdates }, clientId, { topic, qos: 1 }) === undefined;
  assert.not(may(false, 'fl/1/digits/update/b'));
  assert.ok(may(true, 'fl/1/digits/update/b'));
  assert.not(may(true, 'fl/1/digits/update/+'));
  assert.not(may(true, 'fl/1/other/update/b'));
  assert.not(may(true, 'fl/1/digits/update/b', 'b'));
});

test("a stranger's topic is shown short and printable", () => {
  const reason = refusePublish(settings, 'a', { ...publish, topic: `\u001b[2J\n${'x'.repeat(9999)}` }) ?? '';
  assert.ok(reason.length < 220);
  assert.ok(/^[\x20-\x7e]+$/.test(reason));
});

test.run();
