import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Aggregation } from '../../../../broker/aggregation/aggregation.js';
import { freshState, nextModel } from '../../../../broker/aggregation/optimizer.js';
import { Random } from '../../../../shared/fixed/random.js';
import type { LayerDelta } from '../../../../shared/model/delta.js';
import { initialModel } from '../../../../shared/model/initial.js';
import type { MergeChoice, ServerOptimizer, UplinkChoice } from '../../../../shared/model/method.js';
import { biasExpOf, type Model } from '../../../../shared/model/model.js';
import { recipeOf } from '../../../../shared/model/recipe.js';
import { planTraining } from '../../../../shared/model/training.js';
import type { Update } from '../../../../shared/protocol/update.js';
import { Merge } from '../../../../tools/experiment/twin/merge.js';
import { type RealModel, realModel } from '../../../../tools/experiment/twin/model.js';
import * as real from '../../../../tools/experiment/twin/optimizer.js';
import type { RealDelta } from '../../../../tools/experiment/twin/uplink.js';
import { TINY } from './models.js';

const test = suite('twin/merge');

const BASE = initialModel(TINY[0], 1);
const SERVERS: readonly ServerOptimizer[] = [
  { kind: 'none', rate: 65_536, momentum: 0 },
  { kind: 'none', rate: 32_768, momentum: 0 },
  { kind: 'momentum', rate: 40_000, momentum: 922 },
  { kind: 'adam', rate: 1311, momentum: 922 },
];
const RULES: readonly (readonly [UplinkChoice, MergeChoice])[] = [
  ['all', 'cohort'],
  ['top-k-weights-diff', 'cohort'],
  ['top-k-weights-diff', 'senders'],
  ['top-k-weights', 'cohort'],
  ['top-k-weights', 'senders'],
  ['mask', 'cohort'],
];

/** An update of random values, at random places, but for a mask at the same in all. */
function randomUpdate(random: Random, { head }: Model, uplink: UplinkChoice): Update {
  const value = () => random.below(4001) - 2000;
  return {
    ...{ device: 'board', round: 1, attempt: 1, baseHash: '0000000000000000', loss: 0 },
    ...{ heldBack: 0, correct: 0, macs: 0, valueBits: 16 },
    examples: 1 + random.below(200),
    layers: head.layout.layers.map(({ outputs, weights }): LayerDelta => {
      const all = Array.from({ length: weights.length }, (_, i) => i);
      const places = all.filter((i) => (uplink === 'mask' ? i % 3 > 0 : random.below(3) > 0));
      const values = Int16Array.from(uplink === 'all' ? all : places, value);
      const biases = Int16Array.from({ length: outputs }, value);
      const positions = uplink === 'all' ? 'all' : Uint32Array.from(places);
      return { positions, values, shift: 0, biases, biasShift: 3 };
    }),
  };
}

/** The same in real numbers. */
function realDeltas({ layers }: Update, { head }: Model): RealDelta[] {
  return layers.map(({ positions, values, biases, biasShift }, i) => ({
    positions,
    values: Float64Array.from(values, (value) => value * 2 ** head.exponents[i].weightExp),
    biases: Float64Array.from(biases, (value) => value * 2 ** (biasExpOf(head, i) + biasShift)),
  }));
}

for (const [uplink, merge] of RULES) {
  for (const optimizer of SERVERS) {
    const name = `${uplink}, ${merge}, ${optimizer.kind} at rate ${optimizer.rate}`;

    test(`${name}: both servers make the same model, up to their rounding`, () => {
      const random = new Random(7);
      const plan = planTraining(recipeOf('dense', 1), BASE.head.layout, 1);
      const method = { ...plan.method, uplink, merge, optimizer };
      let model = BASE;
      let state = freshState(optimizer.kind, BASE.head.layout);
      let twin = realModel(BASE);
      const twinState = real.freshState(twin);
      for (let round = 1; round <= 4; round++) {
        const aggregation = new Aggregation(model, method);
        const own = new Merge(twin, method);
        for (let client = 0; client < 3; client++) {
          const update = randomUpdate(random, BASE, uplink);
          aggregation.add(update);
          own.add(realDeltas(update, BASE), update.examples);
        }
        ({ model, state } = nextModel(aggregation, model, optimizer, state));
        twin = real.nextModel(twin, own.changes(), optimizer, twinState);
        own.keepMask(twin);
        compare(realModel(model), twin, BASE, round, optimizer.kind === 'adam' ? ADAM_ERROR : 0);
      }
    });
  }
}

/** Of one step: its roots are whole multiples of 2^-18, about a five-hundredth of them. */
const ADAM_ERROR = 2 ** -14;

/** Each round rounds a parameter by half a unit, and adds what momentum carries of earlier ones. */
function compare(a: RealModel, b: RealModel, { head }: Model, round: number, error: number): void {
  for (const [i, layer] of a.layers.entries()) {
    const units = { weights: 2 ** head.exponents[i].weightExp, biases: 2 ** biasExpOf(head, i) };
    for (const kind of ['weights', 'biases'] as const) {
      let most = 0;
      for (let k = 0; k < layer[kind].length; k++) {
        most = Math.max(most, Math.abs(layer[kind][k] - b.layers[i][kind][k]));
      }
      assert.ok(
        most <= round * (2 * units[kind] + error),
        `layer ${i} ${kind}, round ${round}: ${most / units[kind]} units`,
      );
    }
  }
}

test.run();
