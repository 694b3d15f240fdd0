import { suite } from 'uvu';
import * as naive from '../../../firmware/kernels/naive/pick.js';
import { pickDifferences, pickValues } from '../../../firmware/kernels/pick.js';
import { Random } from '../../../shared/fixed/random.js';
import { randomPositions } from '../../shared/masks/sets.js';
import { type Arena, checkTwin, filled } from './twin.js';

const test = suite('kernels/pick');

test('the chosen values and differences of a block are those of the twins', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 200; trial++) {
    const n = 1 + random.below(40);
    const first = random.below(2) === 0 ? 0 : random.below(1000);
    const ahead = n + random.below(30); // places of the block and behind it
    const places = randomPositions(ahead, random.below(ahead + 1), random).map((place) => first + place);
    const count = places.length;
    const specs = {
      picked: { type: 'i32', values: filled(random, n, -9, 9), out: true },
      weights: { type: 'i16', values: filled(random, n, -32768, 32767) },
      base: { type: 'i16', values: filled(random, n, -32768, 32767) },
      places: { type: 'u32', values: places },
    } as const;
    const what = `trial ${trial}`;
    const values = (kernel: typeof pickValues) => (arena: Arena<typeof specs>) => {
      const { i32, i16, u32, at } = arena;
      return kernel(i32, at.picked, i16, at.weights, u32, at.places, count, first, n);
    };
    checkTwin(random, specs, values(pickValues), values(naive.pickValues), what);
    const differences = (kernel: typeof pickDifferences) => (arena: Arena<typeof specs>) => {
      const { i32, i16, u32, at } = arena;
      return kernel(i32, at.picked, i16, at.weights, i16, at.base, u32, at.places, count, first, n);
    };
    checkTwin(random, specs, differences(pickDifferences), differences(naive.pickDifferences), what);
  }
});

test.run();
