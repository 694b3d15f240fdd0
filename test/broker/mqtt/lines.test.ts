import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Lines } from '../../../broker/mqtt/lines.js';

const test = suite('lines');

test('the same line is told once a second', () => {
  const written: string[] = [];
  let now = 0;
  const lines = new Lines(
    (line) => written.push(line),
    () => now,
  );
  for (; now <= 1000; now += 100) for (const line of ['a', 'b']) lines.add(line);
  assert.equal(written, ['a', 'b', '18 lines more were left out', 'a', 'b']);
});

test('a flood of lines is cut to a few, and their number is told later', () => {
  const written: string[] = [];
  let now = 0;
  const lines = new Lines(
    (line) => written.push(line),
    () => now,
  );
  for (let i = 0; i < 500; i++) lines.add(`line ${i}`);
  assert.is(written.length, 20);
  now = 1000;
  lines.add('another');
  assert.equal(written.slice(20), ['480 lines more were left out', 'another']);
  now = 5000;
  lines.add('later');
  assert.is(written.length, 23);
});

test.run();
