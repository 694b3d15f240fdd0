import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as naive from '../../../firmware/kernels/naive/rate.js';
import * as kernels from '../../../firmware/kernels/rate.js';
import { Random } from '../../../shared/fixed/random.js';
import { checkTwin } from './twin.js';

const test = suite('kernels/rate');

/** A rate of a layer whose weights and biases have the gradient's unit: its step is the rate. */
function clipped(mantissa: number, exp: number, norms: number, normExp: number, bound: number): number {
  const steps = Int32Array.of(Math.floor(norms / 65536), norms % 65536, 0, 0);
  kernels.clipSteps(steps, 0, mantissa, exp, normExp, bound, exp + 10, 0, 0);
  assert.ok(steps[0] >= 0 && steps[0] <= 255 && steps[1] >= 0 && steps[1] <= 30);
  return steps[0] / 2 ** steps[1] / 2 ** -(exp + 10);
}

test('clipSteps equals its twin, for all sizes of norms, bounds, rates and units', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 20_000; trial++) {
    const norms = Math.floor((random.next() * 16) / 2 ** random.below(37));
    const mantissa = 1 + random.below(255);
    const exp = random.below(40) - 30;
    const normExp = random.below(60) - 50;
    const bound = random.below(5) === 0 ? 0 : (1 + random.below(65535)) * (1 + random.below(16));
    const weights = random.below(80) - 60;
    const biases = random.below(80) - 60;
    const least = -random.below(7);
    const specs = {
      steps: { type: 'i32', values: [Math.floor(norms / 65536), norms % 65536, 0, 0], out: true },
    } as const;
    checkTwin(
      random,
      specs,
      ({ i32, at }) =>
        kernels.clipSteps(i32, at.steps, mantissa, exp, normExp, bound, weights, biases, least),
      ({ i32, at }) => naive.clipSteps(i32, at.steps, mantissa, exp, normExp, bound, weights, biases, least),
      `trial ${trial}`,
    );
  }
});

test('clipping leaves a smaller norm alone and scales a larger one to the bound', () => {
  const random = new Random(2);
  let count = 0;
  for (let i = 0; i < 20_000; i++) {
    const norms = 1 + Math.floor((random.next() * 15) / 2 ** random.below(36));
    const normExp = -random.below(30);
    const bound = 1 + random.below(i % 2 === 0 ? 100 : 65535);
    const norm = norms * 2 ** normExp;
    const rate = 200 * 2 ** -9;
    const scaled = clipped(200, -9, norms, normExp, bound);
    if (norm <= bound / 16) assert.is(scaled, rate);
    else if (norm < 2 ** 10 * bound) {
      const part = (scaled * norm) / (rate * (bound / 16));
      assert.ok(part > 1 - 2 ** -6 && part < 1 + 2 ** -7, `norm ${norm}, bound ${bound / 16}: ${part}`);
      count++;
    }
  }
  assert.ok(count > 2000);
});

test('no clipping without a bound or a gradient', () => {
  assert.is(clipped(128, -7, 2 ** 35, 0, 0), 1);
  assert.is(clipped(128, -7, 0, 0, 1), 1);
});

test.run();
