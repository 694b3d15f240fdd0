import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashFrame } from '../../../broker/storage/hash.js';
import { initialModel } from '../../../shared/model/initial.js';
import type { Model } from '../../../shared/model/model.js';
import { encodeDelta } from '../../../shared/protocol/delta.js';
import { encodeModel } from '../../../shared/protocol/model.js';
import { Downlink } from '../../../tools/experiment/downlink.js';

const test = suite('downlink');

const FIRST = initialModel(
  { name: 'a', input: { shape: [30], type: 'uint8', exp: -8 }, layers: [{ kind: 'dense', units: 10 }] },
  1,
);

/** The model with its weights from `from` on moved. */
function moved({ head, parameters }: Model, from: number): Model {
  const next = parameters.slice(0);
  const weights = new Int16Array(next, 0, head.layout.layers[0].weights.length);
  for (let i = from; i < weights.length; i += 7) weights[i] += (i % 9) + 1;
  return { head, parameters: next };
}

function deltaBytes(base: Model, next: Model): number {
  const [a, b] = [base, next].map((model) => {
    const frame = encodeModel(model);
    return { frame, hash: hashFrame(frame) };
  });
  return encodeDelta(a, b)!.length;
}

const SECOND = moved(FIRST, 0);
const THIRD = moved(SECOND, 1);
const WHOLE = encodeModel(FIRST).length;

test('a client is sent the whole model first, then deltas while it takes part in each round', () => {
  const downlink = new Downlink();
  downlink.begin(FIRST);
  assert.is(downlink.fetch(4), WHOLE);
  downlink.begin(SECOND);
  assert.is(downlink.fetch(4), deltaBytes(FIRST, SECOND));
  downlink.begin(THIRD);
  assert.is(downlink.fetch(4), deltaBytes(SECOND, THIRD));
});

test('a client that skipped a round is sent the whole model, one that holds it nothing', () => {
  const downlink = new Downlink();
  downlink.begin(FIRST);
  downlink.fetch(1);
  downlink.begin(SECOND);
  assert.is(downlink.fetch(2), WHOLE);
  assert.is(downlink.fetch(2), 0);
  downlink.begin(THIRD);
  assert.is(downlink.fetch(1), WHOLE);
  assert.is(downlink.fetch(2), deltaBytes(SECOND, THIRD));
});

test('where a delta saves too little every client is sent the whole model', () => {
  const downlink = new Downlink();
  const other = { head: FIRST.head, parameters: FIRST.parameters.slice(0) };
  new Int16Array(other.parameters, 0, 300).forEach((_, i, weights) => {
    weights[i] = i * 7919;
  });
  downlink.begin(FIRST);
  downlink.fetch(1);
  downlink.begin(other);
  assert.is(downlink.fetch(1), WHOLE);
});

test('before the first model nothing can be fetched', () => {
  assert.throws(() => new Downlink().fetch(1), /client 1 before the first round, expected a model/);
});

test.run();
