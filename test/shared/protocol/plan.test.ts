import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { NUMERICS_VERSION } from '../../../shared/fixed/rounding.js';
import { ProtocolError } from '../../../shared/protocol/error.js';
import { decodePlan, encodePlan, type Plan } from '../../../shared/protocol/plan.js';
import { fixChecksum, samplePlan } from './samples.js';

const test = suite('protocol/plan');

test('plans over all ranges come back', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 300; trial++) {
    const plan = samplePlan(random);
    assert.equal(decodePlan(encodePlan(plan)), plan);
  }
});

test('a plan of three layers with a cohort of 20 is small', () => {
  const plan = samplePlan(new Random(2));
  const layers = [1, 2, 3].map((n) => ({ active: n, keptInputs: n, sent: n }));
  const devices = Array.from({ length: 20 }, (_, i) => i);
  assert.is(encodePlan({ ...plan, layers, cohort: { kind: 'list', devices } }).length, 16 + 84 + 80 + 36);
});

test('a plan for other numerics is refused with a code of its own', () => {
  const bytes = encodePlan(samplePlan(new Random(3)));
  assert.is(bytes[16], NUMERICS_VERSION);
  bytes[16]++;
  fixChecksum(bytes);
  assert.throws(
    () => decodePlan(bytes),
    (e: unknown) => e instanceof ProtocolError && e.code === 'version',
  );
});

test('a field out of range is named', () => {
  const plan = samplePlan(new Random(4));
  const { method } = plan;
  const one = { active: 1, keptInputs: 1, sent: 1 };
  const wrong: [string, Partial<Plan>][] = [
    ['federation', { federation: 2 ** 32 }],
    ['taskSeed', { taskSeed: -1 }],
    ['taskSeed', { taskSeed: 2 ** 32 }],
    ['round', { round: 0 }],
    ['round', { round: 1.5 }],
    ['attempt', { attempt: 65536 }],
    ['model hash', { modelHash: '0123' }],
    ['model hash', { modelHash: '0123456789ABCDEF' }],
    ['model hash', { deltaBase: 'none' }],
    ['modelCrc', { modelCrc: Number.NaN }],
    ['deadlineMs', { deadlineMs: Number.POSITIVE_INFINITY }],
    ['rate mantissa', { method: { ...method, rate: { mantissa: 256, exp: 0 } } }],
    ['rate exp', { method: { ...method, rate: { mantissa: 1, exp: 1 } } }],
    ['optimizer', { method: { ...method, optimizer: { ...method.optimizer, kind: 'sgd' as 'none' } } }],
    ['server rate', { method: { ...method, optimizer: { ...method.optimizer, rate: 0 } } }],
    ['server rate', { method: { ...method, optimizer: { ...method.optimizer, rate: 2 ** 20 + 1 } } }],
    ['momentum', { method: { ...method, optimizer: { ...method.optimizer, momentum: 1024 } } }],
    ['clip', { method: { ...method, clip: 65536 } }],
    ['prox', { method: { ...method, prox: 2 ** 20 + 1 } }],
    ['growth', { method: { ...method, growth: 65536 } }],
    ['epochs', { method: { ...method, epochs: 0 } }],
    ['batch', { method: { ...method, batch: 17 } }],
    ['reselectEvery', { method: { ...method, reselectEvery: 0 } }],
    ['holdBackEvery', { method: { ...method, holdBackEvery: 65536 } }],
    ['merge', { method: { ...method, merge: 'median' as 'senders' } }],
    ['layers', { layers: [] }],
    ['layer 1 sent', { layers: [one, { ...one, sent: 0 }] }],
    ['layer 0 active', { layers: [{ ...one, active: 0 }] }],
    ['layer 0 keptInputs', { layers: [{ ...one, keptInputs: 2 ** 32 }] }],
    ['cohort devices', { cohort: { kind: 'list', devices: Array.from({ length: 257 }, (_, i) => i) } }],
    ['cohort device 1', { cohort: { kind: 'list', devices: [2, 1] } }],
    ['cohort threshold', { cohort: { kind: 'threshold', seed: 1, threshold: 2 ** 32 } }],
  ];
  for (const [name, change] of wrong) {
    assert.throws(
      () => encodePlan({ ...plan, ...change }),
      (e: unknown) => e instanceof RangeError && e.message.startsWith(`${name} `),
      name,
    );
  }
});

test.run();
