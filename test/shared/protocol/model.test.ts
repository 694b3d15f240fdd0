import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { initialModel } from '../../../shared/model/initial.js';
import { ProtocolError } from '../../../shared/protocol/error.js';
import { continueFrameCrc, encodeFrame, frameCrc } from '../../../shared/protocol/frame.js';
import {
  decodeModel,
  decodeModelHead,
  encodeModel,
  hashFromBytes,
  hashToBytes,
  MAX_MODEL_HEAD,
  NO_MODEL,
} from '../../../shared/protocol/model.js';
import { isSameBytes, sampleModel } from './samples.js';

const test = suite('protocol/model');
const isProtocolError = (e: unknown) => e instanceof ProtocolError;
const isRangeError = (e: unknown) => e instanceof RangeError;

/** Head and payload of a model frame, for a test that changes one of them. */
function opened(frame: Uint8Array): { head: Uint8Array; payload: Uint8Array } {
  const { parameterOffset } = decodeModelHead(frame);
  return { head: frame.slice(16, parameterOffset), payload: frame.slice(parameterOffset) };
}

test('models come back, in a buffer of their own', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 100; trial++) {
    const model = sampleModel(random);
    const back = decodeModel(encodeModel(model));
    assert.equal(back.head, model.head);
    assert.is(back.parameters.byteLength, model.head.layout.parameterBytes);
    assert.ok(isSameBytes(new Uint8Array(back.parameters), new Uint8Array(model.parameters)));
  }
});

test('a board finds head and parameters from the first bytes of a frame', () => {
  const model = initialModel(
    {
      name: 'fashion14',
      input: { shape: [14, 14], type: 'uint8', exp: -8 },
      layers: [64, 32, 10].map((units) => ({ kind: 'dense', units })),
    },
    1,
  );
  const frame = encodeModel(model);
  const { head, parameterOffset, frameBytes, crc } = decodeModelHead(frame.subarray(0, MAX_MODEL_HEAD));
  assert.equal(head, model.head);
  assert.is(frameBytes, frame.length);
  assert.is(frameBytes - parameterOffset, model.head.layout.parameterBytes);
  assert.ok(isSameBytes(frame.subarray(parameterOffset), new Uint8Array(model.parameters)));
  assert.is(crc, frameCrc(frame));
  assert.is(continueFrameCrc(0, 0, frame), crc);
  assert.throws(() => decodeModelHead(frame.subarray(0, parameterOffset - 1)), isProtocolError);
});

test('the largest description fits the head', () => {
  const model = initialModel(
    {
      name: 'x'.repeat(32),
      input: { shape: [9, 9, 9], type: 'uint8', exp: -8 },
      layers: Array.from({ length: 16 }, () => ({ kind: 'dense', units: 1000 })),
    },
    1,
  );
  assert.ok(decodeModelHead(encodeModel(model)).parameterOffset < MAX_MODEL_HEAD / 2);
});

test('parameters of another length than the layout’s are refused', () => {
  const model = sampleModel(new Random(2));
  const { head, payload } = opened(encodeModel(model));
  for (const length of [0, payload.length - 4, payload.length + 4]) {
    const frame = encodeFrame('model', head, [new Uint8Array(length)]);
    assert.throws(() => decodeModel(frame), isProtocolError);
    assert.throws(() => decodeModelHead(frame), isProtocolError);
    assert.throws(() => encodeModel({ ...model, parameters: new ArrayBuffer(length) }), isRangeError);
  }
});

test('a description that is spelt in another way is refused: one model has one hash', () => {
  const { head, payload } = opened(encodeModel(sampleModel(new Random(3))));
  const text = Buffer.from(head).toString('latin1');
  for (const [from, to] of [
    ['"dense"', '"d\\u0065"'],
    ['{"name"', ' {"nam"'],
    ['"exp":-', '"exp":0'],
    ['"uint8"', '"uint9"'],
    ['dense', 'conv1'],
  ]) {
    const at = text.indexOf(from);
    const changed = Uint8Array.from(head);
    for (let i = 0; i < to.length; i++) changed[at + i] = to.charCodeAt(i);
    assert.throws(() => decodeModel(encodeFrame('model', changed, [payload])), isProtocolError);
  }
});

test('exponents that do not fit the layers are refused', () => {
  const model = sampleModel(new Random(4));
  const { head } = model;
  const few = { ...model, head: { ...head, exponents: head.exponents.slice(1) } };
  assert.throws(() => encodeModel(few), isRangeError);
  const exponents = head.exponents.map((pair) => ({ ...pair, weightExp: 1 }));
  assert.throws(() => encodeModel({ ...model, head: { ...head, exponents } }), isRangeError);
  const { head: bytes, payload } = opened(encodeModel(model));
  bytes[4] = 1;
  assert.throws(() => decodeModel(encodeFrame('model', bytes, [payload])), isProtocolError);
});

test('a model hash is 16 hex digits', () => {
  const digest = createHash('sha256').update('sparrow').digest();
  assert.is(hashFromBytes(digest), digest.toString('hex').slice(0, 16));
  assert.is(hashFromBytes(hashToBytes('00ff7f80a1b2c3d4')), '00ff7f80a1b2c3d4');
  assert.is(hashFromBytes(new Uint8Array(8)), NO_MODEL);
  for (const wrong of ['', '00ff7f80a1b2c3d', '00FF7F80A1B2C3D4', 'zzff7f80a1b2c3d4']) {
    assert.throws(() => hashToBytes(wrong), isRangeError);
  }
});

test.run();
