import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Aggregation } from '../../../broker/aggregation/aggregation.js';
import {
  decodeState,
  encodeState,
  freshState,
  nextModel,
  type OptimizerState,
} from '../../../broker/aggregation/optimizer.js';
import { Random } from '../../../shared/fixed/random.js';
import { BIAS_MAX, weightMaxima } from '../../../shared/model/bounds.js';
import type { LayerDelta } from '../../../shared/model/delta.js';
import { initialModel } from '../../../shared/model/initial.js';
import type { MergeChoice, ServerOptimizer, UplinkChoice } from '../../../shared/model/method.js';
import { biasExpOf, type Model } from '../../../shared/model/model.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import { planTraining } from '../../../shared/model/training.js';
import { MAX_EXAMPLE_WEIGHT, type Update } from '../../../shared/protocol/update.js';
import { network } from '../../shared/model/descriptions.js';

const test = suite('optimizer');

const MOMENTUM: ServerOptimizer = { kind: 'momentum', rate: 40_000, momentum: 922 };
const ADAM: ServerOptimizer = { kind: 'adam', rate: 1311, momentum: 922 };
const HALF: ServerOptimizer = { kind: 'none', rate: 32_768, momentum: 0 };

/** @param size of the values; 32767 draws the ends of the range as well */
function randomUpdate(random: Random, { head }: Model, size: number): Update {
  const value = () => {
    const end = size === 32767 ? random.below(3) : 2;
    return end === 2 ? random.below(2 * size + 1) - size : end === 1 ? size : -size;
  };
  return {
    ...{ device: 'board', round: 1, attempt: 1, baseHash: '0000000000000000', loss: 0 },
    ...{ heldBack: 0, correct: 0, macs: 0, valueBits: 16 },
    examples: random.below(4) === 0 ? MAX_EXAMPLE_WEIGHT : 1 + random.below(200),
    layers: head.layout.layers.map(({ outputs, weights }): LayerDelta => {
      const places = Array.from({ length: weights.length }, (_, i) => i).filter(() => random.below(3) > 0);
      return {
        positions: Uint32Array.from(places),
        values: Int16Array.from(places, value),
        shift: size === 32767 ? random.below(3) : 0,
        biases: Int16Array.from({ length: outputs }, value),
        biasShift: size === 32767 ? random.below(9) : 3,
      };
    }),
  };
}

function step(
  base: Model,
  [uplink, merge]: readonly [UplinkChoice, MergeChoice],
  optimizer: ServerOptimizer,
  state: OptimizerState,
  updates: readonly Update[],
) {
  const plan = planTraining(recipeOf('dense', 1), base.head.layout, 1);
  const aggregation = new Aggregation(base, { ...plan.method, uplink, merge, optimizer });
  for (const update of updates) aggregation.add(update);
  return nextModel(aggregation, base, optimizer, state);
}

/** Quotient to nearest, ties away from zero. */
function nearest(n: bigint, d: bigint): bigint {
  const magnitude = (2n * (n < 0n ? -n : n) + d) / (2n * d);
  return n < 0n ? -magnitude : magnitude;
}

function scaled(n: bigint, d: bigint, bits: number): bigint {
  return bits < 0 ? nearest(n, d << BigInt(-bits)) : nearest(n << BigInt(bits), d);
}

function clamp(x: bigint, limit: bigint | number): bigint {
  const most = BigInt(limit);
  return x > most ? most : x < -most ? -most : x;
}

/** floor(sqrt(x)) of at most 31 bits, low bits 0 above. */
function root(x: bigint): bigint {
  let square = x;
  let scale = 1n;
  for (; square >= 1n << 31n; scale *= 2n) square /= 4n;
  return BigInt(Math.floor(Math.sqrt(Number(square)))) * scale;
}

/** The rule in BigInt, parameter by parameter. */
function naive(
  base: Model,
  [uplink, merge]: readonly [UplinkChoice, MergeChoice],
  { kind, rate, momentum }: ServerOptimizer,
  state: OptimizerState,
  updates: readonly Update[],
) {
  const parameters = base.parameters.slice(0);
  const next = [...state].map(BigInt);
  const maxima = weightMaxima(base.head.description);
  let at = 0;
  const move = (old: number, sum: bigint, count: bigint, exp: number, most: number): number => {
    const change = clamp(count === 0n ? 0n : scaled(sum, count, exp + 18), 1n << 21n);
    const beta = BigInt(momentum);
    const second = at + next.length / 2;
    let step: bigint;
    if (kind === 'adam') {
      next[at] = nearest(beta * next[at] + (1024n - beta) * (change << 10n), 1024n);
      next[second] = nearest(1014n * next[second] + 10n * change * change, 1024n);
      step = scaled(BigInt(rate) * next[at], root(next[second]) + 262n, -26 - exp);
    } else {
      const before = kind === 'momentum' ? nearest(next[at] * beta, 1024n) : 0n;
      const first = clamp(before + (change << 10n), 1n << 31n);
      if (kind === 'momentum') next[at] = first;
      step = scaled(BigInt(rate) * first, 1n, -44 - exp);
    }
    at++;
    return Number(clamp(BigInt(old) + step, most));
  };
  for (const { index, weights, biases } of base.head.layout.layers) {
    const { weightExp } = base.head.exponents[index];
    const all = new Int16Array(parameters, weights.offset, weights.length);
    for (let i = 0; i < all.length; i++) {
      let sum = 0n;
      let count = 0n;
      for (const { examples, layers } of updates) {
        const { positions, values, shift } = layers[index];
        const k = (positions as Uint32Array).indexOf(i);
        if (k < 0 && merge === 'senders') continue;
        const value = k < 0 ? 0n : BigInt(values[k]) << BigInt(shift);
        sum += BigInt(examples) * (value - (uplink === 'top-k-weights' ? BigInt(all[i]) : 0n));
        count += BigInt(examples);
      }
      all[i] = move(all[i], sum, count, weightExp, maxima[index]);
    }
    const others = new Int32Array(parameters, biases.offset, biases.length);
    for (let r = 0; r < others.length; r++) {
      let sum = 0n;
      let count = 0n;
      for (const { examples, layers } of updates) {
        sum += BigInt(examples) * (BigInt(layers[index].biases[r]) << BigInt(layers[index].biasShift));
        count += BigInt(examples);
      }
      others[r] = move(others[r], sum, count, biasExpOf(base.head, index), BIAS_MAX);
    }
  }
  return { model: { head: base.head, parameters }, state: Float64Array.from(next, Number) };
}

function isSame(a: ArrayBuffer | Float64Array, b: ArrayBuffer | Float64Array): boolean {
  const bytes = (x: ArrayBuffer | Float64Array) => Buffer.from(x instanceof Float64Array ? x.buffer : x);
  return bytes(a).equals(bytes(b));
}

const MERGES = [
  ['top-k-weights-diff', 'cohort'],
  ['top-k-weights-diff', 'senders'],
  ['top-k-weights', 'cohort'],
  ['top-k-weights', 'senders'],
] as const;

for (const optimizer of [MOMENTUM, ADAM, HALF]) {
  for (const method of MERGES) {
    test(`${optimizer.kind}, ${method.join(', mean over the ')}: the rule in BigInt, whatever the order`, () => {
      const random = new Random(1);
      let model = initialModel(network(7, 5, 3), 1);
      let state = freshState(optimizer.kind, model.head.layout);
      for (let round = 0; round < 12; round++) {
        const size = round % 3 === 0 ? 32767 : 300;
        const updates = Array.from({ length: 1 + random.below(8) }, () => randomUpdate(random, model, size));
        const before = [model.parameters.slice(0), state.slice()] as const;
        const expected = naive(model, method, optimizer, state, updates);
        const backwards = step(model, method, optimizer, state, [...updates].reverse());
        assert.ok(isSame(backwards.model.parameters, expected.model.parameters), `round ${round}`);
        assert.ok(isSame(backwards.state, expected.state), `round ${round}`);
        assert.ok(isSame(model.parameters, before[0]) && isSame(state, before[1]), 'both stay as they are');
        ({ model, state } = step(model, method, optimizer, state, updates));
        assert.ok(isSame(model.parameters, expected.model.parameters));
      }
    });
  }
}

test('adam follows its paper in floats', () => {
  const random = new Random(3);
  let model = initialModel(network(6, 4), 2);
  let state = freshState('adam', model.head.layout);
  const { weightExp } = model.head.exponents[0];
  const { length } = model.head.layout.layers[0].weights;
  const real = Float64Array.from(new Int16Array(model.parameters, 0, length), (w) => w * 2 ** weightExp);
  const m = new Float64Array(length);
  const v = new Float64Array(length).fill(1e-6);
  for (let round = 0; round < 40; round++) {
    const update = { ...randomUpdate(random, model, 300), examples: 7 };
    const { positions, values } = update.layers[0];
    const change = new Float64Array(length);
    for (const [k, at] of (positions as Uint32Array).entries()) change[at] = values[k] * 2 ** weightExp;
    for (let i = 0; i < length; i++) {
      m[i] = 0.9 * m[i] + 0.1 * change[i];
      v[i] = 0.99 * v[i] + 0.01 * change[i] ** 2;
      real[i] += (0.02 * m[i]) / (Math.sqrt(v[i]) + 1e-3);
    }
    ({ model, state } = step(model, ['top-k-weights-diff', 'cohort'], ADAM, state, [update]));
  }
  const weights = new Int16Array(model.parameters, 0, length);
  const worst = Math.max(...real.map((w, i) => Math.abs(weights[i] * 2 ** weightExp - w)));
  assert.ok(worst < 0.006, `${worst}`); // β2 is 0.9902, each of 40 steps is rounded
});

test('none at rate 1 adds the mean, rounded once', () => {
  const base = initialModel(network(7, 5, 3), 1);
  const updates = [randomUpdate(new Random(5), base, 300), randomUpdate(new Random(6), base, 300)];
  const plain = planTraining(recipeOf('dense', 1), base.head.layout, 1).method;
  assert.equal(plain.optimizer, { kind: 'none', rate: 65_536, momentum: 922 });
  const method = { ...plain, uplink: 'top-k-weights-diff' as const };
  const aggregation = new Aggregation(base, method);
  for (const update of updates) aggregation.add(update);
  const { model, state } = nextModel(aggregation, base, plain.optimizer, new Float64Array(0));
  assert.ok(isSame(model.parameters, aggregation.result().parameters));
  assert.is(state.length, 0);
});

test('a momentum of 0 is none at the same rate', () => {
  const base = initialModel(network(7, 5, 3), 1);
  const updates = [randomUpdate(new Random(7), base, 300)];
  const still: ServerOptimizer = { ...HALF, kind: 'momentum' };
  const method = MERGES[0];
  const a = step(base, method, HALF, new Float64Array(0), updates);
  const b = step(base, method, still, freshState('momentum', base.head.layout), updates);
  assert.ok(isSame(a.model.parameters, b.model.parameters));
});

test('a state comes back from its bytes, and one of another optimizer is begun anew', () => {
  const { layout } = initialModel(network(7, 5, 3), 1).head;
  const state = freshState('adam', layout).map((_, i) => i * 1001 - 7);
  const bytes = encodeState(state);
  assert.ok(isSame(decodeState(bytes, 'adam', layout), state));
  assert.ok(isSame(decodeState(bytes, 'momentum', layout), freshState('momentum', layout)));
  assert.ok(isSame(decodeState(undefined, 'adam', layout), freshState('adam', layout)));
  assert.is(decodeState(bytes, 'none', layout).length, 0);
});

test('no update, no model', () => {
  const base = initialModel(network(7, 5, 3), 1);
  for (const optimizer of [MOMENTUM, ADAM, HALF]) {
    const state = freshState(optimizer.kind, base.head.layout);
    assert.throws(() => step(base, MERGES[0], optimizer, state, []), /^aggregation of 0 updates, expected 1/);
  }
});

test.run();
