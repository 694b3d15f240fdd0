import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { ProtocolError } from '../../../shared/protocol/error.js';
import { decodeVerdict, encodeVerdict, VERDICTS } from '../../../shared/protocol/verdict.js';
import { DEVICE, sampleVerdict } from './samples.js';

const test = suite('protocol/verdict');

test('verdicts over all ranges come back', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 300; trial++) {
    const verdict = sampleVerdict(random);
    assert.equal(decodeVerdict(encodeVerdict(verdict), DEVICE), verdict);
  }
  for (const kind of VERDICTS) {
    const verdict = { device: DEVICE, round: 1, attempt: 1, kind };
    assert.is(decodeVerdict(encodeVerdict(verdict), DEVICE).kind, kind);
  }
});

test('a verdict is only for the device of its topic', () => {
  const bytes = encodeVerdict(sampleVerdict(new Random(2)));
  assert.throws(
    () => decodeVerdict(bytes, 'esp32-000000000000'),
    (e: unknown) => e instanceof ProtocolError && e.code === 'device',
  );
});

test('a field out of range is named', () => {
  assert.throws(
    () => encodeVerdict({ ...sampleVerdict(new Random(3)), attempt: 65536 }),
    (e: unknown) => e instanceof RangeError && e.message.startsWith('attempt '),
  );
});

test.run();
