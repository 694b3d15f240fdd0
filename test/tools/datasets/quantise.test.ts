import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quantise, scaleOf } from '../../../tools/datasets/quantise.js';
import { nearest } from '../../../tools/datasets/standard.js';
import { refuses } from './files.js';

const test = suite('datasets/quantise');

test('the exponent is the finest that holds every value', () => {
  const exps = (values: number[]) => scaleOf(values).inputExp;
  assert.equal(
    [1, 2, 127, 128, 255].map((most) => exps([0, most])),
    [-7, -6, -1, 0, 0],
  );
  assert.equal(
    [0.5, 1, 63, 64, 127].map((size) => exps([-size, 0])),
    [-7, -6, -1, 0, 0],
  );
  assert.is(exps([255.4]), 0);
  assert.is(exps([1e-9]), -16);
  assert.is(exps([0, 0]), 0);
});

test('one value below 0 makes all int8', () => {
  assert.equal([scaleOf([0, 3]).signed, scaleOf([-1e-9, 3]).signed], [false, true]);
});

test('at the chosen exponent every value is within half a step, and one finer would not hold', () => {
  for (let size = 0.01; size < 120; size *= 1.07) {
    for (const signed of [false, true]) {
      const values = [signed ? -size : 0, size, size / 3];
      const scale = scaleOf(values);
      const raw = quantise(values, scale);
      const back = signed ? new Int8Array(raw.buffer) : raw;
      values.forEach((value, i) => {
        assert.ok(Math.abs(back[i] * 2 ** scale.inputExp - value) <= 2 ** (scale.inputExp - 1) + 1e-12);
      });
      assert.ok(scale.inputExp === -16 || nearest(size * 2 ** (1 - scale.inputExp)) > (signed ? 127 : 255));
    }
  }
});

test('values beyond the training range saturate', () => {
  assert.equal([...quantise([-3, 300], { signed: false, inputExp: 0 })], [0, 255]);
  assert.equal([...new Int8Array(quantise([-300, 300], { signed: true, inputExp: 0 }).buffer)], [-127, 127]);
});

test('halves go away from zero', () => {
  assert.equal([0.5, -0.5, 1.5, -1.5, 2.4999, -2.4999].map(nearest), [1, -1, 2, -2, 2, -2]);
});

test('values too big for exponent 0 are refused', () => {
  refuses(() => scaleOf([0, 255.5]), 'features 0 to 255.5, expected 0 to 255: divide them, or standardise');
  refuses(() => scaleOf([-127.5]), 'features -127.5 to 0, expected -127 to 127: divide them, or standardise');
});

test.run();
