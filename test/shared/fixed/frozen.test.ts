import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { frozen } from '../../../shared/fixed/frozen.js';

const test = suite('shared/fixed/frozen');

test('a table and its parts cannot be changed', () => {
  const table = frozen([{ name: 'dense', sizes: [1, 2] }]);
  assert.throws(() => table.push({ name: 'conv', sizes: [] }), TypeError);
  assert.throws(() => {
    table[0].name = 'conv';
  }, TypeError);
  assert.throws(() => table[0].sizes.push(3), TypeError);
});

test('it is the same value, and a second time does no harm', () => {
  const table = { a: [1] };
  assert.is(frozen(table), table);
  assert.is(frozen(frozen(table)), table);
});

test('typed arrays, numbers and nothing pass through', () => {
  const numbers = frozen({ list: Int16Array.of(1, 2) });
  numbers.list[0] = 7;
  assert.is(numbers.list[0], 7);
  assert.is(frozen(5), 5);
  assert.is(frozen(undefined), undefined);
  assert.is(frozen(null), null);
});

test.run();
