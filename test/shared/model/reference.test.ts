import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { TOPK_STATE } from '../../../shared/masks/count.js';
import { Pace } from '../../../shared/masks/pace.js';
import { SCAN_MACS, selectTopk } from '../../../shared/masks/topk.js';
import { initialModel } from '../../../shared/model/initial.js';
import { sourceOf } from '../../../shared/model/model.js';
import { largestWeights } from '../../../shared/model/reference.js';
import { network } from './descriptions.js';

const test = suite('model/reference');

function drain<T>(run: Generator<number, T>): { value: T; work: number } {
  let work = 0;
  for (;;) {
    const next = run.next();
    if (next.done) return { value: next.value, work };
    work += next.value;
  }
}

test('the places read in blocks are those of an exact top-k, ties to the lower place', () => {
  const random = new Random(1);
  const model = initialModel(network(37, 29, 5), 3); // 1,073 weights: four blocks and a part
  for (const most of [3, 32767]) {
    for (const { index, weights } of model.head.layout.layers) {
      const values = new Int16Array(model.parameters, weights.offset, weights.length);
      for (let i = 0; i < values.length; i++) values[i] = random.below(2 * most + 1) - most;
      for (const count of [1, 2, 17, values.length - 1, values.length]) {
        const expected = new Uint32Array(count);
        selectTopk(expected, new Int32Array(TOPK_STATE), values, 0, values.length, count);
        const { value, work } = drain(
          largestWeights(sourceOf(model), index, count, new Pace(1 + random.below(2))),
        );
        assert.is(value.join(), expected.join());
        assert.is(work, 3 * SCAN_MACS * values.length);
      }
    }
  }
});

test.run();
