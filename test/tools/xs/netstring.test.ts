import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeNetstring, NetstringReader } from '../../../tools/xs/netstring.js';

const test = suite('xs/netstring');

const TEXTS = ['', 'pear', '4:plum,', 'x'.repeat(1234)];

test('whatever the pieces of the stream, the same payloads come out', () => {
  const stream = Buffer.concat(TEXTS.map((text) => encodeNetstring(Buffer.from(text))));
  assert.is(stream.toString('latin1', 0, 10), '0:,4:pear,');
  for (const size of [1, 2, 3, 7, stream.length]) {
    const reader = new NetstringReader();
    const texts: string[] = [];
    for (let start = 0; start < stream.length; start += size) {
      for (const payload of reader.push(stream.subarray(start, start + size))) texts.push(payload.toString());
    }
    assert.equal(texts, TEXTS, `pieces of ${size}`);
  }
});

test('bytes that are no netstring are refused', () => {
  assert.throws(() => new NetstringReader().push(Buffer.from('pear')), /netstring length pear/);
  assert.throws(() => new NetstringReader().push(Buffer.from('-1:,')), /netstring length -1/);
  assert.throws(() => new NetstringReader().push(Buffer.from('1:ab,')), /netstring end 98/);
});

test.run();
