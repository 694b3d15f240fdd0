import { suite } from 'uvu';
import { biasDifferences, weightDifferences } from '../../../firmware/kernels/difference.js';
import * as naive from '../../../firmware/kernels/naive/difference.js';
import { Random } from '../../../shared/fixed/random.js';
import { type Arena, checkTwin, filled } from './twin.js';

const test = suite('kernels/difference');

test('differences of weights are those of the twin, at the ends of int16 too', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 100; trial++) {
    const n = 1 + random.below(40);
    const specs = {
      differences: { type: 'i32', values: filled(random, n, -9, 9), out: true },
      weights: { type: 'i16', values: filled(random, n, -32768, 32767) },
      base: { type: 'i16', values: filled(random, n, -32768, 32767) },
    } as const;
    const call = (kernel: typeof weightDifferences) => (arena: Arena<typeof specs>) =>
      kernel(arena.i32, arena.at.differences, arena.i16, arena.at.weights, arena.i16, arena.at.base, n);
    checkTwin(random, specs, call(weightDifferences), call(naive.weightDifferences), `trial ${trial}`);
  }
});

test('differences of biases are those of the twin, also in the place of the base', () => {
  const random = new Random(2);
  const most = 2 ** 30 - 1;
  for (let trial = 0; trial < 100; trial++) {
    const n = 1 + random.below(40);
    const specs = {
      differences: { type: 'i32', values: filled(random, n, -9, 9), out: true },
      biases: { type: 'i32', values: filled(random, n, -most, most) },
      base: { type: 'i32', values: filled(random, n, -most, most), out: trial % 2 === 1 },
    } as const;
    const call = (kernel: typeof biasDifferences) => (arena: Arena<typeof specs>) => {
      const to = trial % 2 === 1 ? arena.at.base : arena.at.differences;
      kernel(arena.i32, to, arena.i32, arena.at.biases, arena.i32, arena.at.base, n);
    };
    checkTwin(random, specs, call(biasDifferences), call(naive.biasDifferences), `trial ${trial}`);
  }
});

test.run();
