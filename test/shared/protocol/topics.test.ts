import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  DEVICE_TOPICS,
  deviceTopic,
  firmwareTopic,
  imageTopic,
  parseTopic,
  TASK_TOPICS,
  taskTopic,
} from '../../../shared/protocol/topics.js';

const test = suite('protocol/topics');

test('every topic that is built is read back', () => {
  for (const kind of TASK_TOPICS) {
    assert.is(taskTopic(kind, 'digits'), `fl/1/digits/${kind}`);
    assert.equal(parseTopic(taskTopic(kind, 'digits')), { kind, task: 'digits' });
  }
  for (const kind of DEVICE_TOPICS) {
    assert.is(deviceTopic(kind, 'digits', 'esp32-0'), `fl/1/digits/${kind}/esp32-0`);
    assert.equal(parseTopic(deviceTopic(kind, 'digits', 'esp32-0')), {
      kind,
      task: 'digits',
      device: 'esp32-0',
    });
  }
  assert.is(firmwareTopic('digits', 'm5atom'), 'fl/1/digits/firmware/m5atom');
  assert.equal(parseTopic('fl/1/digits/firmware/m5atom'), {
    kind: 'firmware',
    task: 'digits',
    target: 'm5atom',
  });
  for (const part of [0, 7, 99_999]) {
    const topic = imageTopic('digits', 'm5atom', part);
    assert.is(topic, `fl/1/digits/image/m5atom/${part}`);
    assert.equal(parseTopic(topic), { kind: 'image', task: 'digits', target: 'm5atom', part });
  }
});

test('everything else is no topic', () => {
  const long = 'x'.repeat(24);
  for (const topic of [
    '',
    'fl',
    'fl/1',
    'fl/1/digits',
    'fl/1/digits/',
    'fl/1/digits/plan/',
    'fl/1/digits/plan/a',
    'fl/1/digits/update',
    'fl/1/digits/update/',
    'fl/1/digits/update/a/',
    'fl/1/digits/update/a/b',
    'fl/1/digits/update/a/1',
    'fl/1/digits/firmware',
    'fl/1/digits/firmware/m5atom/1',
    'fl/1/digits/firmware/sixteen-letters-',
    'fl/1/digits/image/m5atom',
    'fl/1/digits/image/m5atom/+',
    'fl/1/digits/image/m5atom/01',
    'fl/1/digits/image/m5atom/100000',
    'fl/1/digits/image/m5atom/1/2',
    'fl/1/digits/update/+',
    'fl/1/digits/update/#',
    `fl/1/digits/update/${long}`,
    'fl/1/digits/update/ESP',
    'fl/1/digits/update/a\n',
    'fl/1/digits/constructor',
    'fl/1/digits/constructor/a',
    `fl/1/${long}${long}/plan`,
    'fl/1/Digits/plan',
    'fl/1//plan',
    'fl/2/digits/plan',
    'fl/01/digits/plan',
    '/fl/1/digits/plan',
    'FL/1/digits/plan',
    '$share/g/fl/1/digits/plan',
  ]) {
    assert.is(parseTopic(topic), undefined, topic);
  }
});

test('names that are none are refused when a topic is built', () => {
  const isRangeError = (e: unknown) => e instanceof RangeError;
  for (const name of ['', 'a/b', '+', 'A', 'x'.repeat(33)]) {
    assert.throws(() => taskTopic('plan', name), isRangeError);
    assert.throws(() => deviceTopic('update', name, 'a'), isRangeError);
    assert.throws(() => deviceTopic('update', 'a', name), isRangeError);
    assert.throws(() => firmwareTopic('a', name), isRangeError);
    assert.throws(() => imageTopic('a', name, 0), isRangeError);
  }
  assert.throws(() => deviceTopic('update', 'a', 'x'.repeat(24)), isRangeError);
  for (const part of [-1, 0.5, 100_000]) assert.throws(() => imageTopic('a', 'b', part), isRangeError);
});

test.run();
