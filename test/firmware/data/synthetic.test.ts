import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SyntheticExamples } from '../../../firmware/data/synthetic.js';

const test = suite('data/synthetic');

function read(examples: SyntheticExamples, index: number): { label: number; bytes: string } {
  const out = new Uint8Array(examples.features);
  const label = examples.read(index, out);
  return { label, bytes: out.join() };
}

test('a place and a seed give the same example, others another', () => {
  const examples = new SyntheticExamples(100, 20, 4, 1);
  const again = new SyntheticExamples(100, 20, 4, 1);
  const other = new SyntheticExamples(100, 20, 4, 2);
  const seen = new Set<string>();
  for (let i = 99; i >= 0; i--) {
    assert.equal(read(examples, i), read(again, i));
    assert.is.not(read(examples, i).bytes, read(other, i).bytes);
    assert.is(read(examples, i).label, i % 4);
    seen.add(read(examples, i).bytes);
  }
  assert.is(seen.size, 100);
});

test('signed features are the unsigned ones less 128', () => {
  const unsigned = new Uint8Array(20);
  const signed = new Int8Array(20);
  new SyntheticExamples(9, 20, 3, 5).read(7, unsigned);
  new SyntheticExamples(9, 20, 3, 5, true).read(7, new Uint8Array(signed.buffer));
  assert.ok(signed.every((x, i) => x === unsigned[i] - 128));
  assert.ok(signed.some((x) => x < 0) && signed.some((x) => x > 0));
});

test.run();
