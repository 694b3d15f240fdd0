import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { countWidths, WIDTHS } from '../../../firmware/kernels/width.js';
import { Network } from '../../../firmware/trainer/network.js';
import { shiftFor as shiftOf } from '../../../firmware/trainer/scale.js';
import { layerDeltas } from '../../../firmware/trainer/uplink.js';
import { Random } from '../../../shared/fixed/random.js';
import { Pace } from '../../../shared/masks/pace.js';
import { maxBiasShift, maxValueShift, numberMax, type ValueBits } from '../../../shared/model/delta.js';
import { initialModel } from '../../../shared/model/initial.js';
import type { LayerCounts, UplinkChoice } from '../../../shared/model/method.js';
import { type Model, sourceOf } from '../../../shared/model/model.js';
import { network as describe } from '../../shared/model/descriptions.js';
import { biasesOf, weightsOf } from './digits.js';

const test = suite('trainer/uplink');

const BASE = initialModel(describe(70, 9, 4), 1); // 630 weights: two blocks and a part

/** A model whose parameters are the base's with changes of at most `most`, or anything at all. */
function trained(random: Random, most: number): Model {
  const model = { head: BASE.head, parameters: BASE.parameters.slice(0) };
  for (const index of [0, 1]) {
    const weights = weightsOf(model, index);
    weights.forEach((w, i) => {
      const next = w + random.below(2 * most + 1) - most;
      weights[i] = Math.max(-32767, Math.min(32767, next));
    });
    const biases = biasesOf(model, index);
    biases.forEach((_, r) => {
      biases[r] = (random.below(2 * most + 1) - most) * 64;
    });
  }
  return model;
}

function countsOf(sent: readonly number[]): LayerCounts[] {
  return BASE.head.layout.layers.map(({ inputs, weights }, i) => ({
    active: weights.length,
    keptInputs: inputs,
    sent: sent[i],
  }));
}

function drain<T>(run: Generator<number, T>): T {
  for (;;) {
    const step = run.next();
    if (step.done) return step.value;
  }
}

function deltasOf(
  model: Model,
  counts: readonly LayerCounts[],
  uplink: UplinkChoice,
  valueBits: ValueBits = 16,
  seed = 1,
) {
  const network = new Network(BASE.head, 1, counts, 0);
  drain(network.load(sourceOf(model), new Pace(1000)));
  return drain(layerDeltas(network, sourceOf(BASE), counts, { uplink, valueBits, seed }, new Pace(1000)));
}

/** Places of the largest magnitudes, by sorting. */
function largest(values: readonly number[], count: number): number[] {
  const order = values.map((_, i) => i).sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]) || a - b);
  return order.slice(0, count).sort((a, b) => a - b);
}

/** x / 2^shift to nearest, ties away from zero, clamped to int16. */
function shifted(x: number, shift: number): number {
  const magnitude = Math.floor(Math.abs(x) / 2 ** shift + 0.5);
  return Math.sign(x) * Math.min(32767, magnitude) + 0;
}

/** The smallest shift that brings the largest magnitude into int16. */
function shiftFor(values: readonly number[], most: number): number {
  const largestMagnitude = Math.max(0, ...values.map(Math.abs));
  for (let shift = 0; shift < most; shift++) if (largestMagnitude < 2 ** (15 + shift)) return shift;
  return most;
}

for (const uplink of ['all', 'top-k-weights', 'diff-on-top-k-weights', 'top-k-weights-diff'] as const) {
  test(`${uplink}: places, values and shifts are those of the definition`, () => {
    const random = new Random(1);
    const sents = [
      [630, 36],
      ...(uplink === 'all'
        ? []
        : [
            [1, 1],
            [100, 36],
            [629, 35],
            [256, 7],
          ]),
    ];
    for (const sent of sents) {
      for (const most of [0, 1, 30, 5000, 65_000]) {
        const model = trained(random, most);
        const counts = countsOf(sent);
        for (const [index, delta] of deltasOf(model, counts, uplink).entries()) {
          const what = `${sent[index]} sent, changes of ${most}, layer ${index}`;
          const [now, old] = [[...weightsOf(model, index)], [...weightsOf(BASE, index)]];
          const differences = now.map((w, i) => w - old[i]);
          const isAll = sent[index] === now.length;
          const places = largest(uplink === 'top-k-weights-diff' ? differences : now, sent[index]);
          assert.is(delta.positions === 'all', isAll, what);
          if (delta.positions !== 'all') assert.is(delta.positions.join(), places.join(), what);
          const exact = places.map((i) => (uplink === 'top-k-weights' ? now : differences)[i]);
          assert.is(delta.shift, shiftFor(exact, maxValueShift(16)), what);
          assert.is(delta.values.join(), exact.map((x) => shifted(x, delta.shift)).join(), what);
          const [biases, before] = [[...biasesOf(model, index)], biasesOf(BASE, index)];
          const moved = biases.map((b, r) => b - before[r]);
          assert.is(delta.biasShift, shiftFor(moved, maxBiasShift(16)), what);
          assert.is(delta.biases.join(), moved.map((x) => shifted(x, delta.biasShift)).join(), what);
        }
      }
    }
  });
}

test('global-top-k-weights: the largest real values of the whole model, and trained values', () => {
  const random = new Random(3);
  for (const exps of [
    [-13, -13],
    [-13, -11],
    [-10, -13],
  ]) {
    const exponents = BASE.head.exponents.map((layer, i) => ({ ...layer, weightExp: exps[i] }));
    const base = { head: { ...BASE.head, exponents }, parameters: BASE.parameters };
    for (const total of [2, 40, 300, 666]) {
      const model = { ...trained(random, 5000), head: base.head };
      const network = new Network(base.head, 1, countsOf([total - 1, 1]), 0);
      drain(network.load(sourceOf(model), new Pace(1000)));
      const deltas = drain(
        layerDeltas(
          network,
          sourceOf(base),
          countsOf([total - 1, 1]),
          { uplink: 'global-top-k-weights', valueBits: 16, seed: 1 },
          new Pace(1000),
        ),
      );
      const coarsest = Math.max(...exps);
      const all = [0, 1].flatMap((index) =>
        [...weightsOf(model, index)].map((w) => Math.abs(w) >> (coarsest - exps[index])),
      );
      const places = largest(all, total);
      for (const [index, delta] of deltas.entries()) {
        const first = index === 0 ? 0 : 630;
        const own = places.filter((i) => i < 630 === (index === 0)).map((i) => i - first);
        const { length } = weightsOf(model, index);
        assert.is(String(delta.positions), own.length === length ? 'all' : own.join());
        const values = own.map((i) => shifted(weightsOf(model, index)[i], delta.shift));
        assert.is(delta.values.join(), values.join());
      }
    }
  }
});

test('the base is read from wherever it lies, in any alignment', () => {
  const random = new Random(2);
  const model = trained(random, 300);
  const counts = countsOf([50, 10]);
  const network = new Network(BASE.head, 1, counts, 0);
  drain(network.load(sourceOf(model), new Pace(1000)));
  const flash = new Uint8Array(BASE.parameters.byteLength + 3);
  flash.set(new Uint8Array(BASE.parameters), 3);
  const odd = {
    head: BASE.head,
    readParameters: (offset: number, out: Uint8Array) =>
      out.set(flash.subarray(3 + offset, 3 + offset + out.length)),
  };
  assert.equal(
    drain(
      layerDeltas(
        network,
        odd,
        counts,
        { uplink: 'top-k-weights-diff', valueBits: 16, seed: 1 },
        new Pace(1000),
      ),
    ),
    deltasOf(model, counts, 'top-k-weights-diff'),
  );
});

for (const uplink of ['all', 'top-k-weights', 'diff-on-top-k-weights', 'top-k-weights-diff'] as const) {
  for (const bits of [8, 4] as const) {
    test(`${uplink}, ${bits} bits: the places of 16 bits, values rounded up or down, exact in the mean`, () => {
      const random = new Random(4);
      const counts = countsOf(uplink === 'all' ? [630, 36] : [200, 36]);
      const model = trained(random, 3000);
      const exact = deltasOf(model, counts, uplink);
      const trials = 400;
      const sums = exact.map(({ values }) => new Float64Array(values.length));
      const biasSums = exact.map(({ biases }) => new Float64Array(biases.length));
      for (let seed = 0; seed < trials; seed++) {
        for (const [index, delta] of deltasOf(model, counts, uplink, bits, seed).entries()) {
          const { values, shift, biases, biasShift } = delta;
          assert.is(String(delta.positions), String(exact[index].positions));
          let clipped = 0;
          for (const [i, value] of values.entries()) {
            assert.ok(Math.abs(value) <= numberMax(bits));
            const off = Math.abs(value * 2 ** shift - exact[index].values[i] * 2 ** exact[index].shift);
            if (off > 2 ** shift) {
              assert.is(Math.abs(value), numberMax(bits), `off by ${off} of ${2 ** shift}`);
              clipped++;
            }
            sums[index][i] += value * 2 ** shift;
          }
          assert.ok(clipped <= (bits === 4 ? values.length / 32 : 0), `${clipped} clipped`);
          for (const [r, bias] of biases.entries()) biasSums[index][r] += bias * 2 ** biasShift;
        }
      }
      for (const [index, { values, biases, biasShift }] of exact.entries()) {
        const { shift, biasShift: coarse } = deltasOf(model, counts, uplink, bits)[index];
        // a stochastic rounding's deviation is at most half a unit: 5 deviations of the mean
        const bound = (unit: number) => (5 * 0.5 * unit) / Math.sqrt(trials);
        for (const [i, value] of values.entries()) {
          if (Math.abs(value) > numberMax(bits) * 2 ** shift) continue; // it saturates
          assert.ok(Math.abs(sums[index][i] / trials - value) <= bound(2 ** shift), `value ${i}`);
        }
        for (const [r, bias] of biases.entries()) {
          if (Math.abs(bias) * 2 ** biasShift > numberMax(8) * 2 ** coarse) continue;
          const mean = biasSums[index][r] / trials;
          assert.ok(Math.abs(mean - bias * 2 ** biasShift) <= bound(2 ** coarse), `bias ${r}`);
        }
      }
    });
  }
}

test('the noise of rounding follows from seed, layer and place alone', () => {
  const model = trained(new Random(5), 3000);
  const of = (sent: number[], seed: number) => deltasOf(model, countsOf(sent), 'top-k-weights-diff', 4, seed);
  assert.equal(of([300, 30], 7), of([300, 30], 7));
  assert.is.not(of([300, 30], 7)[0].values.join(), of([300, 30], 8)[0].values.join());
  // where fewer are sent, those that remain are rounded as before
  const [many, few] = [of([300, 30], 7)[0], of([100, 30], 7)[0]];
  assert.is(many.shift, few.shift);
  const all = [...(many.positions as Uint32Array)];
  const kept = [...(few.positions as Uint32Array)].map((place) => many.values[all.indexOf(place)]);
  assert.is(few.values.join(), kept.join());
});

test('differences and biases at the ends of their ranges saturate and never wrap', () => {
  for (const bits of [16, 8, 4] as const) {
    for (const sign of [1, -1]) {
      const base = { head: BASE.head, parameters: BASE.parameters.slice(0) };
      const model = { head: BASE.head, parameters: BASE.parameters.slice(0) };
      weightsOf(base, 0).fill(-sign * 32767);
      weightsOf(model, 0).fill(sign * 32767);
      biasesOf(base, 0).fill(-sign * 2 ** 28);
      biasesOf(model, 0).fill(sign * 2 ** 28);
      const counts = countsOf([630, 36]);
      const network = new Network(BASE.head, 1, counts, 0);
      drain(network.load(sourceOf(model), new Pace(1000)));
      const terms = { uplink: 'all', valueBits: bits, seed: 3 } as const;
      const [{ values, shift, biases, biasShift }] = drain(
        layerDeltas(network, sourceOf(base), counts, terms, new Pace(1000)),
      );
      for (const value of values) assert.ok(Math.abs(sign * value * 2 ** shift - 65534) <= 2 ** shift);
      const most = (bits === 16 ? 32767 : 127) * 2 ** biasShift;
      assert.is(biasShift, maxBiasShift(bits));
      for (const bias of biases) assert.is(bias * 2 ** biasShift, sign * most);
    }
  }
});

test('the shift is the smallest with which no more than the given count passes', () => {
  const values = Int16Array.of(0, 1, -7, 8, -100, 127, 128, -20_000);
  const widths = new Int32Array(WIDTHS);
  countWidths(widths, 0, values, 0, values.length);
  assert.is(shiftOf(widths, 0, 16, 0, 2), 0);
  assert.is(shiftOf(widths, 0, 8, 0, 10), 8);
  assert.is(shiftOf(widths, 0, 8, 1, 10), 1);
  assert.is(shiftOf(widths, 0, 8, 2, 10), 0);
  assert.is(shiftOf(widths, 0, 4, 2, 14), 4);
  assert.is(shiftOf(widths, 0, 4, 0, 3), 3);
  assert.is(shiftOf(new Int32Array(WIDTHS), 0, 4, 0, 14), 0);
});

test('pauses of any length change nothing, and none is longer than asked', () => {
  const model = trained(new Random(6), 3000);
  for (const uplink of [
    'all',
    'global-top-k-weights',
    'diff-on-top-k-weights',
    'top-k-weights-diff',
  ] as const) {
    const counts = countsOf(uplink === 'all' ? [630, 36] : [200, 36]);
    const terms = { uplink, valueBits: 4, seed: 1 } as const;
    const all = deltasOf(model, counts, uplink, 4);
    for (const slice of [20, 100, 700, 5000, Number.POSITIVE_INFINITY]) {
      const network = new Network(BASE.head, 1, counts, 0);
      drain(network.load(sourceOf(model), new Pace(1000)));
      const run = layerDeltas(network, sourceOf(BASE), counts, terms, new Pace(slice));
      let step = run.next();
      for (; step.done !== true; step = run.next())
        assert.ok(step.value <= slice, `${step.value} of ${slice}`);
      assert.equal(step.value, all);
    }
  }
});

test.run();
