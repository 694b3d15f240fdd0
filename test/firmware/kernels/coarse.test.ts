import { suite } from 'uvu';
import { coarseMagnitudes } from '../../../firmware/kernels/coarse.js';
import * as naive from '../../../firmware/kernels/naive/coarse.js';
import { Random } from '../../../shared/fixed/random.js';
import { type Arena, checkTwin, filled } from './twin.js';

const test = suite('kernels/coarse');

test('magnitudes in a coarser unit are those of the twin', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 100; trial++) {
    const n = 1 + random.below(40);
    const shift = random.below(random.below(2) === 0 ? 4 : 31);
    const specs = {
      magnitudes: { type: 'i32', values: filled(random, n, -9, 9), out: true },
      weights: { type: 'i16', values: filled(random, n, -32768, 32767) },
    } as const;
    const call = (kernel: typeof coarseMagnitudes) => (arena: Arena<typeof specs>) =>
      kernel(arena.i32, arena.at.magnitudes, arena.i16, arena.at.weights, shift, n);
    checkTwin(random, specs, call(coarseMagnitudes), call(naive.coarseMagnitudes), `trial ${trial}`);
  }
});

test.run();
