import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { weightMaxima } from '../../../shared/model/bounds.js';
import { network } from './descriptions.js';

const test = suite('model/bounds');

test('small layers have all of int16, larger ones what their fan-in and fan-out leave', () => {
  assert.equal(weightMaxima(network(64, 32, 10)), [32767, 32767]);
  const [first, second] = weightMaxima(network(784, 128, 100));
  const forward = 2147483647 - 2 ** 28 - 2 ** 23;
  const backward = 2147483647 - 2 ** 20;
  assert.is(first, Math.floor(forward / (784 * 255)));
  assert.is(second, Math.floor(backward / (100 * 1023)));
});

test('signed inputs reach 128 only', () => {
  const description = network(784, 10);
  const signed = { ...description, input: { ...description.input, type: 'int8' as const } };
  assert.is(weightMaxima(signed)[0], Math.floor((2147483647 - 2 ** 28 - 2 ** 23) / (784 * 128)));
});

test('a layer that leaves no useful weight is refused: which, how large, what it leaves', () => {
  assert.throws(
    () => weightMaxima(network(40_000, 10)),
    /^layer 0 \(40000 inputs × 10 outputs\) leaves weights of at most 183 before a sum passes int32, expected 255 or more/,
  );
});

test.run();
