import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrainingExamples } from '../../../firmware/trainer/examples.js';
import { TOPK_STATE } from '../../../shared/masks/count.js';
import { selectTopk } from '../../../shared/masks/topk.js';
import { initialModel } from '../../../shared/model/initial.js';
import type { LayerDescription } from '../../../shared/model/layer.js';
import type { ActivationChoice, LayerCounts, Rate } from '../../../shared/model/method.js';
import { biasExpOf, type Model } from '../../../shared/model/model.js';
import { valuesOf } from '../../../shared/model/volume.js';
import { type Choices, convGradients, type Fault } from './convreference.js';
import {
  biasesOf,
  digitModel,
  digitShards,
  part,
  planFor,
  toExamples,
  train,
  trainedModel,
  weightsOf,
} from './digits.js';

const test = suite('trainer/convgradient');

const SHARD = digitShards(1)[0];

/** 1: steps of many units even where a gradient is small, and no weight is clipped. */
const RATE: Rate = { mantissa: 128, exp: -7 };
const rate = 1;

/** The digits' rows as channels along time. */
const TIME: readonly LayerDescription[] = [
  { kind: 'conv1d', channels: 12, kernel: 3, stride: 2, padding: 'same' },
  { kind: 'conv1d', channels: 10, kernel: 2, stride: 1, padding: 'valid' },
  { kind: 'globalavgpool' },
  { kind: 'dense', units: 10 },
];

/** Borders after a ReLU, a maximum and a mean; windows that overlap. */
const IMAGE: readonly LayerDescription[] = [
  { kind: 'conv2d', channels: 6, kernel: [3, 3], stride: [1, 1], padding: 'same' },
  { kind: 'conv2d', channels: 5, kernel: [3, 2], stride: [1, 1], padding: 'same' },
  { kind: 'maxpool', size: [3, 2], stride: [2, 2] },
  { kind: 'depthwise2d', kernel: [3, 3], stride: [1, 1], padding: 'same' },
  { kind: 'avgpool', size: [2, 2], stride: [1, 1] },
  { kind: 'conv2d', channels: 8, kernel: [2, 2], stride: [1, 2], padding: 'same' },
  { kind: 'dense', units: 10 },
];

const describe = (layers: readonly LayerDescription[]) => ({ ...digitModel(), layers });

const MODELS: Readonly<Record<string, Model>> = {
  'along time, fresh': initialModel(describe(TIME), 1),
  'along time, trained': trainedModel(describe(TIME), part(SHARD, 0, 400)),
  'images, fresh': initialModel(describe(IMAGE), 4),
  'images, trained': trainedModel(describe(IMAGE), part(SHARD, 0, 400)),
};

/** One step of the trainer; for each layer the distance to the reference by the norm of its gradient. */
function distances(
  base: Model,
  batch: TrainingExamples,
  counts: readonly LayerCounts[],
  choices: Choices,
  activations: ActivationChoice = 'all',
): number[] {
  const { method } = planFor(base, 'dense', 1, { clip: 0 });
  const oneStep = { ...method, rate: RATE, batch: batch.count, activations };
  const { model, result } = train(base, oneStep, counts, batch);
  assert.is(result.clipped, 0);
  const reference = convGradients(base, toExamples(batch, 64), choices);
  return reference.map(({ weights, biases }, index) => {
    const weightUnit = 2 ** base.head.exponents[index].weightExp;
    const biasUnit = 2 ** biasExpOf(base.head, index);
    const [off, norm] = squares(weightsOf(base, index), weightsOf(model, index), weightUnit, weights);
    const [biasOff, biasNorm] = squares(biasesOf(base, index), biasesOf(model, index), biasUnit, biases);
    return Math.sqrt((off + biasOff) / (norm + biasNorm));
  });
}

function squares(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  unit: number,
  gradient: Float64Array,
): [off: number, norm: number] {
  let off = 0;
  let norm = 0;
  for (let i = 0; i < gradient.length; i++) {
    off += (((before[i] - after[i]) * unit) / rate - gradient[i]) ** 2;
    norm += gradient[i] ** 2;
  }
  return [off, norm];
}

const LANES = [1, 3, 8, 11, 16];

/** The largest distance of any layer over batches of every size. */
function worstOf(model: Model, counts: readonly LayerCounts[], choices: Choices = {}): number {
  return Math.max(
    ...LANES.flatMap((lanes) => distances(model, part(SHARD, 500 + lanes, lanes), counts, choices)),
  );
}

const FAULTS: readonly Fault[] = ['border', 'maximum', 'mean', 'positions', 'mask'];

/** Errors have 10 bits of their largest, several times over. */
const NEAR = 0.03;

for (const [name, model] of Object.entries(MODELS)) {
  const all = planFor(model, 'dense', 1).layers;

  test(`${name}: every layer's gradient is that of the textbook`, () => {
    const worst = worstOf(model, all);
    assert.ok(worst < NEAR, `${worst} of the gradient's norm`);
  });

  test(`${name}: a planted fault is found`, () => {
    for (const fault of FAULTS) {
      if (fault === 'maximum' && name.startsWith('along time')) continue; // it has none
      const worst = worstOf(model, all, { fault });
      assert.ok(worst > 3 * NEAR, `${fault}: ${worst} of the gradient's norm`);
    }
  });

  test(`${name}: gradients of the active weights only`, () => {
    const { layers } = planFor(model, 'swat', 0.4);
    const counts = layers.map((layer, i) => ({ ...layer, keptInputs: all[i].keptInputs }));
    const active = model.head.layout.layers.map(({ index }) => {
      const weights = weightsOf(model, index);
      const places = new Uint32Array(counts[index].active);
      selectTopk(places, new Int32Array(TOPK_STATE), weights, 0, weights.length, places.length);
      return new Set(places);
    });
    const worst = worstOf(model, counts, { isActive: (layer, i) => active[layer].has(i) });
    assert.ok(worst < NEAR, `${worst} of the gradient's norm`);
    assert.ok(worstOf(model, counts) > 3 * NEAR);
  });
}

/** The inputs that each example keeps; with `ties` all that equal the last one. */
function keptOf(batch: TrainingExamples, keep: number, ties: boolean): Set<number>[] {
  return toExamples(batch, 64).map(({ features }) => {
    const order = Array.from({ length: 64 }, (_, i) => i).sort((a, b) => features[b] - features[a] || a - b);
    const least = features[order[keep - 1]];
    return new Set(order.filter((v, i) => features[v] > 0 && (i < keep || (ties && features[v] === least))));
  });
}

test('a convolution steps by the inputs that the method keeps, and no others', () => {
  for (const [name, model] of Object.entries(MODELS)) {
    const all = planFor(model, 'dense', 1).layers;
    const counts = all.map((layer, i) => (i === 0 ? { ...layer, keptInputs: 9 } : layer));
    assert.is(valuesOf(model.head.layout.layers[0].input), 64);
    for (const lanes of [1, 5, 8]) {
      const batch = part(SHARD, 700, lanes);
      const own = keptOf(batch, 9, true);
      const union = new Set(keptOf(batch, 9, false).flatMap((kept) => [...kept]));
      const topk: Choices = { isKept: (layer, lane, i) => layer > 0 || own[lane].has(i) };
      const columns: Choices = { isKept: (layer, _, i) => layer > 0 || union.has(i) };
      const first = (choices: Choices, kind: ActivationChoice) =>
        distances(model, batch, counts, choices, kind)[0];
      assert.ok(first(topk, 'top-k') < NEAR, `${name}, top-k, ${lanes} examples`);
      assert.ok(first(columns, 'union') < NEAR, `${name}, union, ${lanes} examples`);
      assert.ok(first({}, 'top-k') > 3 * NEAR && first({}, 'union') > NEAR);
    }
  }
});

test.run();
