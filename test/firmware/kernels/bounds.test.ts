import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quantizeErrors, reluForward } from '../../../firmware/kernels/activation.js';
import { denseForward, denseInputGradient } from '../../../firmware/kernels/dense.js';
import { biasStep, denseWeightStep } from '../../../firmware/kernels/step.js';
import { bitWidth } from '../../../shared/fixed/bits.js';
import { NOISE_LENGTH } from '../../../shared/fixed/noise.js';
import { ACTIVATION_MAX, ERROR_BITS, ERROR_MAX, SUM_MAX } from '../../../shared/fixed/saturation.js';
import { BATCH_MAX, BIAS_MAX, MAX_SUM_SHIFT, weightMaxOf } from '../../../shared/model/bounds.js';
import { layoutOf, type WeightedLayer } from '../../../shared/model/layout.js';

const test = suite('kernels/bounds');

/** Layer 0 (no input gradient) or layer 1 of a network with the given fan-in and fan-out. */
function layer(index: number, inputs: number, outputs: number): WeightedLayer {
  const units = index === 0 ? [outputs] : [inputs, outputs];
  return layoutOf({
    name: 'bound',
    input: { shape: [inputs], type: 'uint8', exp: -8 },
    layers: units.map((n) => ({ kind: 'dense', units: n })),
  }).layers[index];
}

const FAN_INS = [1, 196, 199, 200, 255, 784, 1000, 4096, 10_000, 28_000];
const FAN_OUTS = [1, 10, 64, 65, 100, 999, 4096];

test('the largest forward sum of any layer fits int32 with its rounding, on both signs', () => {
  for (const fanIn of FAN_INS) {
    for (const [signed, inputMax] of [[false, 255] as const, [true, 128] as const]) {
      const weightMax = weightMaxOf(layer(0, fanIn, 1), signed);
      for (const sign of [1, -1]) {
        const weights = new Int16Array(fanIn).fill(sign * weightMax);
        const inputs = signed ? new Int8Array(fanIn).fill(-128) : new Uint8Array(fanIn).fill(255);
        const biasSign = signed ? -sign : sign;
        const sums = new Int32Array(1);
        denseForward(sums, 0, weights, 0, Int32Array.of(biasSign * BIAS_MAX), 0, inputs, 0, fanIn, 1, 0, 1);
        const exact =
          BigInt(biasSign) * (BigInt(fanIn) * BigInt(weightMax) * BigInt(inputMax) + BigInt(BIAS_MAX));
        assert.is(BigInt(sums[0]), exact, `fan-in ${fanIn}`);
        assert.ok(Math.abs(sums[0]) + 2 ** (MAX_SUM_SHIFT - 1) <= SUM_MAX);
        const out = new Uint8Array(1);
        reluForward(out, 0, sums, 0, MAX_SUM_SHIFT, ACTIVATION_MAX, 0, 1);
        assert.is(out[0], sums[0] < 0 ? 0 : Math.min(255, Math.round(sums[0] / 2 ** MAX_SUM_SHIFT)));
      }
    }
  }
});

test('the largest input gradient of any layer fits int32 with its rounding', () => {
  for (const fanOut of FAN_OUTS) {
    const weightMax = weightMaxOf(layer(1, 10, fanOut), false);
    for (const sign of [1, -1]) {
      const weights = new Int16Array(fanOut).fill(sign * weightMax);
      const errors = new Int16Array(fanOut).fill(ERROR_MAX);
      const dInputs = new Int32Array(1);
      denseInputGradient(dInputs, 0, weights, 0, errors, 0, fanOut, 1, 1, 0, 1);
      assert.is(BigInt(dInputs[0]), BigInt(sign * fanOut) * BigInt(weightMax) * BigInt(ERROR_MAX));
      const shift = Math.max(0, bitWidth(dInputs[0]) - ERROR_BITS);
      assert.ok(Math.abs(dInputs[0]) + ((1 << shift) >> 1) <= SUM_MAX, `fan-out ${fanOut}`);
      const out = new Int16Array(1);
      quantizeErrors(out, 0, dInputs, 0, shift, 0, 1);
      assert.is(Math.sign(out[0]), sign);
    }
  }
});

test('a weight one larger would pass the bound, wherever the bound is below int16', () => {
  for (const fanIn of FAN_INS) {
    const weightMax = weightMaxOf(layer(0, fanIn, 1), false);
    const next = fanIn * (weightMax + 1) * 255 + BIAS_MAX + 2 ** (MAX_SUM_SHIFT - 1);
    assert.ok(weightMax === 32767 || next > SUM_MAX, `fan-in ${fanIn}`);
  }
});

test('the largest steps of a weight and of a bias fit int32', () => {
  const sum = BATCH_MAX * ERROR_MAX * ACTIVATION_MAX;
  assert.ok(sum * 255 + 2 ** 30 <= SUM_MAX);
  const errors = new Int16Array(BATCH_MAX).fill(ERROR_MAX);
  const inputs = new Uint8Array(BATCH_MAX).fill(ACTIVATION_MAX);
  const noise = new Int32Array(NOISE_LENGTH).fill(2 ** 30 - 1);
  for (const shift of [0, 1, 15, 20, 29, 30]) {
    for (const sign of [1, -1]) {
      const weights = new Int16Array(1);
      const signed = errors.map((e) => sign * e);
      // biome-ignore format: arguments in groups
      denseWeightStep(weights, 0, signed, 0, inputs, 0, noise, 0, 0, 255, shift, 32767, 1, BATCH_MAX, 0, 1);
      const step = (BigInt(sign * sum) * 255n + (1n << BigInt(shift)) - 1n) >> BigInt(shift);
      const limited = step > 32767n ? 32767n : step < -32767n ? -32767n : step;
      assert.is(BigInt(weights[0]), -limited, `shift ${shift}`);
      const biases = Int32Array.of(-sign * BIAS_MAX);
      biasStep(biases, 0, signed, 0, 255, -6, BIAS_MAX, BATCH_MAX, 1);
      assert.is(biases[0], -sign * BIAS_MAX);
    }
  }
});

test.run();
