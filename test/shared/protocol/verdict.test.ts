import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { decodeVerdict, encodeVerdict, VERDICTS } from '../../../shared/protocol/verdict.js';
import { sampleVerdict } from './samples.js';

const test = suite('protocol/verdict');

test('verdicts over all ranges come back', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 300; trial++) {
    const verdict = sampleVerdict(random);
    assert.equal(decodeVerdict(encodeVerdict(verdict)), verdict);
  }
  for (const kind of VERDICTS) {
    const verdict = { update: 7, round: 1, attempt: 1, kind };
    assert.is(decodeVerdict(encodeVerdict(verdict)).kind, kind);
  }
});

test('a field out of range is named', () => {
  assert.throws(
    () => encodeVerdict({ ...sampleVerdict(new Random(3)), attempt: 65536 }),
    (e: unknown) => e instanceof RangeError && e.message.startsWith('attempt '),
  );
});

test.run();
