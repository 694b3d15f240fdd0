import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { biasBitsOf, VALUE_BITS, type ValueBits } from '../../../shared/model/delta.js';
import { keptWeights } from '../../../shared/model/density.js';
import { layoutOf } from '../../../shared/model/layout.js';
import { encodeUpdate } from '../../../shared/protocol/update.js';
import { costOf, fiftyTask, outsideTask } from '../../../tools/bench/task.js';
import { skip } from '../../../tools/test/skip.js';
import { randomPositions } from '../../shared/masks/sets.js';
import { sampleUpdate } from '../../shared/protocol/samples.js';

const test = suite('bench/task');

/** Most bytes of a whole frame of about 50,000 weights at density 0.05. */
const MOST: Readonly<Record<ValueBits, number>> = { 16: 7300, 8: 4800, 4: 3600 };

for (const valueBits of VALUE_BITS) {
  test(`${valueBits} bits: a trained update of 50,000 weights at density 0.05 takes at most ${MOST[valueBits]} bytes`, () => {
    const { bytes, positions, positionBits, entropyBits } = costOf(
      { ...fiftyTask(), from: 2, to: 2 },
      'sparrow',
      { valueBits },
    );
    assert.ok(bytes <= MOST[valueBits], `${bytes} bytes`);
    assert.ok(bytes > (positions * valueBits) / 8, `${bytes} bytes for ${positions} values`);
    assert.ok(positionBits <= 1.03 * entropyBits, `${positionBits} bits, entropy ${entropyBits}`);
  });

  test(`${valueBits} bits: so does one with random masks, that nothing can foretell`, () => {
    const layout = layoutOf(fiftyTask().description);
    const random = new Random(1);
    const numbers = (count: number, bits: ValueBits) =>
      Int16Array.from({ length: count }, () => random.below(2 ** bits) - 2 ** (bits - 1));
    for (const spread of ['uniform', 'erk'] as const) {
      const counts = keptWeights(layout, 0.05, spread);
      const layers = layout.layers.map(({ weights, outputs }, i) => ({
        positions:
          counts[i] === weights.length
            ? ('all' as const)
            : randomPositions(weights.length, counts[i], random),
        ...{ values: numbers(counts[i], valueBits), shift: 0 },
        ...{ biases: numbers(outputs, biasBitsOf(valueBits)), biasShift: 0 },
      }));
      const update = { ...sampleUpdate(random), valueBits, layers };
      const { length } = encodeUpdate(update, layout, () => undefined);
      assert.ok(length <= MOST[valueBits], `${spread}: ${length} bytes`);
    }
  });
}

const fashion = outsideTask('fashion14');
if (fashion === undefined) {
  skip('data', 'no data set fashion14 beside the repository');
} else {
  test('fashion14: a position near the base costs at most 2 bits, one of the largest differences 4.7 or 3.5', () => {
    const some = { ...fashion, from: 50, to: 51 };
    const near = costOf(some, 'zerofl', { uplink: 'top-k-weights', maskRatio: 0 });
    assert.ok(near.positionBits <= 2 * near.positions, `${near.positionBits / near.positions} bits`);
    for (const [positions, most] of [
      ['lists', 4.7],
      ['grid', 3.5],
    ] as const) {
      const moved = costOf(some, 'sparrow', { positions });
      const each = moved.positionBits / moved.positions;
      assert.ok(each <= most, `${positions}: ${each} bits`);
    }
  });
}

test.run();
