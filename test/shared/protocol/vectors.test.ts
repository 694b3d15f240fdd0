import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FRAME_KINDS } from '../../../shared/protocol/frame.js';
import { skip } from '../../../tools/test/skip.js';
import { bundleForXs } from '../../../tools/xs/bundle.js';
import { findXs, XsEngine } from '../../../tools/xs/engine.js';
import { decoded, encoded, type Vector } from './vector.js';

const test = suite('protocol/vectors');

const file = join(import.meta.dirname, '../../vectors/frames.json');
const vectors: Vector[] = JSON.parse(readFileSync(file, 'utf8'));

for (const vector of vectors) {
  test(`${vector.kind}: ${vector.name}`, () => {
    assert.is(Buffer.from(encoded(vector)).toString('hex'), vector.hex);
    assert.equal(decoded(vector, Buffer.from(vector.hex, 'hex')), vector.value);
  });
}

test('every kind of frame has a vector', () => {
  assert.is(new Set(vectors.map(({ kind }) => kind)).size, FRAME_KINDS.length);
});

if (findXs() === undefined) {
  skip('xs', 'the XS engine is not built');
} else {
  test('XS encodes and decodes every vector as Node does', async () => {
    const engine = await XsEngine.start();
    try {
      await engine.evaluate(await bundleForXs(join(import.meta.dirname, 'vector.ts')));
      for (const vector of vectors) {
        const text = JSON.stringify(vector);
        const bytes = await engine.evaluateBytes(`bundle.encoded(${text})`);
        assert.is(bytes.toString('hex'), vector.hex, vector.name);
        const frame = `Uint8Array.of(${[...bytes]})`;
        const value = await engine.evaluate(`JSON.stringify(bundle.decoded(${text}, ${frame}))`);
        assert.equal(JSON.parse(value), vector.value, vector.name);
      }
    } finally {
      await engine.close();
    }
  });
}

test.run();
