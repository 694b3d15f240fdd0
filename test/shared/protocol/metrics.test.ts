import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { decodeMetrics, encodeMetrics } from '../../../shared/protocol/metrics.js';
import { sampleMetrics } from './samples.js';

const test = suite('protocol/metrics');

function names(field: string): (e: unknown) => boolean {
  return (e) => e instanceof RangeError && e.message.startsWith(`${field} `);
}

test('metrics over all ranges come back', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 300; trial++) {
    const metrics = sampleMetrics(random);
    assert.equal(decodeMetrics(encodeMetrics(metrics)), metrics);
  }
});

test('a field out of range is named', () => {
  const metrics = sampleMetrics(new Random(2));
  assert.throws(() => encodeMetrics({ ...metrics, macs: 2 ** 53 }), names('macs'));
  assert.throws(() => encodeMetrics({ ...metrics, trainMs: 0.5 }), names('trainMs'));
  assert.throws(() => encodeMetrics({ ...metrics, reconnects: -1 }), names('reconnects'));
});

test.run();
