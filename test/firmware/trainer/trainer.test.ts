import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluateModel } from '../../../broker/evaluation/evaluation.js';
import { Trainer } from '../../../firmware/trainer/trainer.js';
import { raised } from '../../../shared/fixed/power.js';
import { initialModel } from '../../../shared/model/initial.js';
import { type Model, sourceOf } from '../../../shared/model/model.js';
import { PRESETS, type PresetName, type Recipe } from '../../../shared/model/recipe.js';
import { denseMacsPerExample } from '../../../shared/model/training.js';
import {
  biasesOf,
  digitModel,
  digitShards,
  part,
  planFor,
  sameBytes,
  train,
  trainedModel,
  weightsOf,
} from './digits.js';

const test = suite('trainer/trainer');

const SHARD = digitShards(1)[0];
const FRESH = initialModel(digitModel(32), 1);

/** The same model after other changes of its parameters. */
function changed(model: Model, change: (copy: Model) => void): Model {
  const copy = { head: model.head, parameters: model.parameters.slice(0) };
  change(copy);
  return copy;
}

function trainWith(
  preset: PresetName,
  density: number,
  changes: Partial<Recipe>,
  count: number,
  base = FRESH,
) {
  const { method, layers } = planFor(base, preset, density, changes);
  return train(base, method, layers, part(SHARD, 0, count));
}

for (const preset of PRESETS) {
  test(`${preset}: fifty steps on digits lower the loss by a quarter and find twice what chance would`, () => {
    const { method, layers } = planFor(FRESH, preset, 0.2, { rate: 0.3 });
    const examples = part(SHARD, 0, 400); // 50 steps of 8
    const base = initialModel(digitModel(32), 1, method.power);
    const before = evaluateModel(base, layers, examples, method.power);
    const { model, result } = train(base, method, layers, examples);
    const after = evaluateModel(model, layers, examples, method.power);
    assert.is(result.examples, 400);
    assert.ok(after.lossOctaves < 0.75 * before.lossOctaves, `${before.lossOctaves} to ${after.lossOctaves}`);
    assert.ok(after.correct > 80, `${after.correct} of 400`);
  });
}

for (const power of [1.25, 2]) {
  test(`power ${power}: a number moves as its weight would, times the factor, and one of 0 stays`, () => {
    const { method, layers } = planFor(FRESH, 'dense', 1, { rate: 0.2, batch: 16, power });
    const { method: plain } = planFor(FRESH, 'dense', 1, { rate: 0.2, batch: 16 });
    const numbers = changed(initialModel(digitModel(32), 1, method.power), (copy) => {
      const last = weightsOf(copy, 1);
      for (let i = 0; i < last.length; i += 3) last[i] = 0;
    });
    const exp = FRESH.head.exponents[1].weightExp;
    const weights = changed(numbers, (copy) => {
      for (const index of [0, 1]) {
        const all = weightsOf(copy, index);
        all.forEach((q, i) => {
          all[i] = raised(q, method.power, exp, 32767);
        });
      }
    });
    const examples = part(SHARD, 0, 16); // one step
    const after = weightsOf(train(numbers, method, layers, examples).model, 1);
    const plainAfter = weightsOf(train(weights, plain, layers, examples).model, 1);
    const [before, plainBefore] = [weightsOf(numbers, 1), weightsOf(weights, 1)];
    let moves = 0;
    for (const [i, q] of before.entries()) {
      const factor = power * (Math.abs(q) * 2 ** exp) ** (power - 1);
      const expected = factor * (plainAfter[i] - plainBefore[i]);
      assert.ok(
        Math.abs(after[i] - q - expected) <= 1.1 + Math.abs(expected) / 50,
        `${i}: ${after[i] - q}, ${expected}`,
      );
      if (q === 0) assert.is(after[i], 0);
      if (Math.abs(expected) > 20) moves++;
    }
    assert.ok(moves > 20, `${moves} moves`);
  });
}

test('every batch from 1 to 16 descends', () => {
  const examples = part(SHARD, 0, 200);
  for (let batch = 1; batch <= 16; batch++) {
    const { method, layers } = planFor(FRESH, 'dense', 1, {
      rate: 0.05 * Math.sqrt(batch),
      batch,
      epochs: 2,
    });
    const { model } = train(FRESH, method, layers, examples);
    const before = evaluateModel(FRESH, layers, examples).lossOctaves;
    const after = evaluateModel(model, layers, examples).lossOctaves;
    assert.ok(after < 0.75 * before, `batch ${batch}: ${before} to ${after}`);
  }
});

test('the reported loss is that of the examples before each step', () => {
  const { method, layers } = planFor(FRESH, 'dense', 1, { rate: 0.1, batch: 16 });
  const examples = part(SHARD, 0, 16); // one step
  const { result } = train(FRESH, method, layers, examples);
  assert.is(result.lossOctaves, evaluateModel(FRESH, layers, examples).lossOctaves);
});

test('a training is a function of its seed, and slices change nothing', () => {
  for (const preset of PRESETS) {
    const { method, layers } = planFor(FRESH, preset, 0.1, { epochs: 2, batch: 7 });
    const examples = part(SHARD, 0, 60);
    const whole = train(FRESH, method, layers, examples, 5);
    for (const slice of [1, 501, 10_000]) {
      const sliced = train(FRESH, method, layers, examples, 5, slice);
      assert.ok(sameBytes(whole.model, sliced.model), `${preset}, slices of ${slice}`);
      assert.equal(sliced.result, whole.result);
    }
    assert.not.ok(sameBytes(whole.model, train(FRESH, method, layers, examples, 6).model));
  }
});

test('a slice is not longer than asked, unless one row is more than half of it', () => {
  const { method, layers } = planFor(FRESH, 'dense', 1, { batch: 8 });
  for (const sliceMacs of [1200, 5000]) {
    const trainer = new Trainer(FRESH.head, { method, layers, seed: 1, sliceMacs }, part(SHARD, 0, 40));
    for (const work of trainer.train(sourceOf(FRESH)))
      assert.ok(work <= sliceMacs, `${work} of ${sliceMacs}`);
  }
});

test('multiply-accumulates are counted exactly', () => {
  const { layout } = FRESH.head;
  assert.is(
    trainWith('dense', 1, { epochs: 3, batch: 7 }, 50).result.macs,
    150 * denseMacsPerExample(layout),
  );
  const { layers } = planFor(FRESH, 'sparrow', 0.1);
  const { macs } = trainWith('sparrow', 0.1, { batch: 1 }, 50).result;
  const forward = layers[0].active + layers[1].active;
  const most = 32 * layers[0].keptInputs + 10 * layers[1].keptInputs;
  assert.ok(Number.isInteger(macs));
  assert.ok(macs > 50 * (forward + layers[1].active) && macs <= 50 * (forward + layers[1].active + most));
});

test('clipping bounds the norm of every layer’s step, and a bound that is never met changes nothing', () => {
  const base = trainedModel(digitModel(32), part(SHARD, 0, 100));
  const wrong = {
    ...part(SHARD, 200, 8),
    read: (i: number, out: Uint8Array) => (SHARD.read(200 + i, out) + 1) % 10,
  };
  const rate = 0.25;
  const stepNorm = (clip: number, index: number) => {
    const { method, layers } = planFor(base, 'dense', 1, { rate, clip });
    const { model } = train(base, method, layers, wrong);
    const unit = 2 ** base.head.exponents[index].weightExp;
    const [before, after] = [weightsOf(base, index), weightsOf(model, index)];
    const units = Math.sqrt(before.reduce((sum, w, i) => sum + (w - after[i]) ** 2, 0));
    return { norm: (units * unit) / rate, rounding: (Math.sqrt(before.length) * unit) / rate };
  };
  for (const index of [0, 1]) {
    const free = stepNorm(0, index).norm;
    assert.ok(free > 1, `layer ${index}: ${free}`);
    for (const clip of [1 / 16, 0.25, 0.5, 1]) {
      const { norm, rounding } = stepNorm(clip, index);
      assert.ok(norm <= clip * (1 + 2 ** -7) + rounding, `layer ${index}, clip ${clip}: ${norm}`);
      assert.ok(norm > clip / 10 - rounding, `layer ${index}, clip ${clip}: ${norm}`); // the bound is not 0
    }
  }
  const loose = trainWith('dense', 1, { rate: 0.1, clip: 4095 }, 80);
  const off = trainWith('dense', 1, { rate: 0.1, clip: 0 }, 80);
  assert.ok(sameBytes(loose.model, off.model));
});

test('the sparse path gives the bytes of the dense one when only a weight of 0 is inactive', () => {
  const base = changed(FRESH, (copy) => {
    for (const index of [0, 1]) {
      const weights = weightsOf(copy, index);
      weights.forEach((w, i) => {
        if (w === 0) weights[i] = 1;
      });
      weights[17] = 0;
    }
  });
  for (const batch of [1, 7, 8, 13, 16]) {
    const { method, layers } = planFor(base, 'dense', 1, { batch });
    const examples = part(SHARD, 0, batch); // one step: after it the weight is no longer 0
    const sparse = layers.map((layer) => ({ ...layer, active: layer.active - 1 }));
    const a = train(base, method, layers, examples);
    const b = train(base, method, sparse, examples);
    assert.ok(a.model.parameters.byteLength > 0 && sameBytes(a.model, b.model), `batch ${batch}`);
  }
});

test('keeping all inputs but one that is always 0 gives the bytes of keeping all', () => {
  const blank = (i: number, out: Uint8Array) => {
    const label = SHARD.read(i, out);
    out[9] = 0;
    return label;
  };
  for (const activations of ['top-k', 'union'] as const) {
    for (const batch of [1, 8, 11]) {
      const { method, layers } = planFor(FRESH, 'dense', 1, { batch });
      const kept = [{ ...layers[0], keptInputs: 63 }, layers[1]];
      const examples = { count: 88, read: blank };
      const a = train(FRESH, { ...method, activations: 'all' }, layers, examples);
      const b = train(FRESH, { ...method, activations }, kept, examples);
      assert.ok(sameBytes(a.model, b.model), `${activations}, batch ${batch}`);
    }
  }
});

test('active weights are chosen anew after so many examples, and not before', () => {
  const often = trainWith('swat', 0.1, { reselectEvery: 8 }, 120);
  const once = trainWith('swat', 0.1, { reselectEvery: 65535 }, 120);
  const late = trainWith('swat', 0.1, { reselectEvery: 120 }, 120);
  assert.not.ok(sameBytes(often.model, once.model));
  assert.ok(sameBytes(once.model, late.model));
});

test('weights saturate at their bound and are counted', () => {
  const base = changed(FRESH, (copy) => weightsOf(copy, 1).fill(32767));
  const { model, result } = trainWith('dense', 1, { rate: 16, clip: 0 }, 40, base);
  assert.ok(result.clipped > 0);
  for (const index of [0, 1]) assert.ok(weightsOf(model, index).every((w) => w >= -32767));
  assert.ok(biasesOf(model, 0).every((b) => Math.abs(b) <= 2 ** 28));
});

test('more examples than an order can hold are refused', () => {
  const { method, layers } = planFor(FRESH, 'dense', 1);
  const examples = { count: 65_536, read: () => 0 };
  assert.throws(
    () => new Trainer(FRESH.head, { method, layers, seed: 1, sliceMacs: 1 }, examples),
    (e: unknown) => e instanceof RangeError && e.message === '65536 examples, expected at most 65535',
  );
});

test.run();
