import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { MAX_RICE } from '../../../shared/fixed/ricebits.js';
import { gapBits, writeGaps } from '../../../shared/masks/gaps.js';
import { randomPositions } from './sets.js';

const test = suite('masks/gaps');

/** The bits of places[from..to) as text, by the definition. */
function bitsOf(places: Uint32Array, k: number, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) {
    const gap = places[i] - (i === 0 ? 0 : places[i - 1] + 1);
    text += `${'0'.repeat(gap >> k)}1`;
    for (let bit = 0; bit < k; bit++) text += (gap >> bit) & 1;
  }
  return text;
}

test('bits and bytes are those of the definition, and nothing is written beyond the room', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 200; trial++) {
    const n = 1 + random.below(300);
    const places = randomPositions(n, random.below(n), random);
    const k = random.below(1 + [0, 3, MAX_RICE][random.below(3)]);
    const from = random.below(places.length + 1);
    const to = from + random.below(places.length - from + 1);
    const text = bitsOf(places, k, from, to);
    const at = random.below(20);
    assert.is(gapBits(places, k, from, to), text.length);
    const bytes = new Uint8Array(((at + text.length) >> 3) + 2);
    const room = random.below(2) === 0 ? bytes.length : random.below(bytes.length);
    assert.is(writeGaps(bytes, room, at, places, k, from, to), at + text.length);
    const expected = new Uint8Array(bytes.length);
    for (let i = 0; i < text.length; i++) {
      const bit = at + i;
      if (text[i] === '1' && bit >> 3 < room) expected[bit >> 3] |= 1 << (bit & 7);
    }
    assert.is(bytes.join(), expected.join());
  }
});

test.run();
