import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { decodeStatus, encodeStatus } from '../../../shared/protocol/status.js';
import { sampleStatus } from './samples.js';

const test = suite('protocol/status');

function names(field: string): (e: unknown) => boolean {
  return (e) => e instanceof RangeError && e.message.startsWith(`${field} `);
}

test('statuses over all ranges come back', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 300; trial++) {
    const status = sampleStatus(random);
    assert.equal(decodeStatus(encodeStatus(status)), status);
  }
});

test('a field out of range is named', () => {
  const status = sampleStatus(new Random(2));
  for (const board of ['', 'sixteen-letters-', 'ESP32', 'a b']) {
    assert.throws(() => encodeStatus({ ...status, board }), names('board'));
  }
  assert.throws(() => encodeStatus({ ...status, state: 'asleep' as 'gone' }), names('state'));
  assert.throws(() => encodeStatus({ ...status, freeBytes: -1 }), names('freeBytes'));
  assert.throws(() => encodeStatus({ ...status, examples: 2 ** 32 }), names('examples'));
});

test.run();
