import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as naive from '../../../firmware/kernels/naive/pull.js';
import * as kernels from '../../../firmware/kernels/pull.js';
import { fillNoise, NOISE_LENGTH } from '../../../shared/fixed/noise.js';
import { Random } from '../../../shared/fixed/random.js';
import { checkTwin, filled } from './twin.js';

const test = suite('kernels/pull');

test('the pull equals its twin at every number of bits, and ends between weight and base', () => {
  const random = new Random(1);
  const noise = new Int32Array(NOISE_LENGTH);
  for (let trial = 0; trial < 300; trial++) {
    fillNoise(noise, 0, random.next());
    const n = 1 + random.below(300);
    const specs = {
      weights: { type: 'i16', values: filled(random, n, -32767, 32767), out: true },
      base: { type: 'i16', values: filled(random, n, -32767, 32767) },
      noise: { type: 'i32', values: noise },
    } as const;
    const bits = 1 + random.below(14);
    const turn = random.below(NOISE_LENGTH);
    const pull = random.below(4) === 0 ? (1 << bits) * random.below(2) : random.below((1 << bits) + 1);
    const run =
      (kernel: typeof kernels.pullWeights) =>
      ({ i16, i32, at }: ReturnType<typeof checkTwin<typeof specs>>) =>
        kernel(i16, at.weights, i16, at.base, i32, at.noise, turn, pull, bits, n);
    const { i16, at } = checkTwin(
      random,
      specs,
      run(kernels.pullWeights),
      run(naive.pullWeights),
      `trial ${trial}`,
    );
    for (let i = 0; i < n; i++) {
      const [before, base, after] = [specs.weights.values[i], specs.base.values[i], i16[at.weights + i]];
      assert.ok(
        Math.min(before, base) <= after && after <= Math.max(before, base),
        `${before} ${base} ${after}`,
      );
      if (pull === 1 << bits) assert.is(after, base);
      if (pull === 0) assert.is(after, before);
    }
  }
});

test('small differences are pulled by the right part on average', () => {
  const n = NOISE_LENGTH * 20;
  const weights = new Int16Array(n).fill(103);
  const base = new Int16Array(n).fill(100);
  const noise = new Int32Array(NOISE_LENGTH);
  for (let i = 0; i < 20; i++) {
    fillNoise(noise, 0, i);
    kernels.pullWeights(weights, i * NOISE_LENGTH, base, 0, noise, 0, 0, 1638, 14, NOISE_LENGTH); // a tenth
  }
  const mean = weights.reduce((sum, w) => sum + w - 100, 0) / n;
  assert.ok(Math.abs(mean - 2.7) < 0.02, `${mean}`);
});

test.run();
