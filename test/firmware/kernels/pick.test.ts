import { suite } from 'uvu';
import * as naive from '../../../firmware/kernels/naive/pick.js';
import { pickValues } from '../../../firmware/kernels/pick.js';
import { Random } from '../../../shared/fixed/random.js';
import { randomPositions } from '../../shared/masks/sets.js';
import { type Arena, checkTwin, filled } from './twin.js';

const test = suite('kernels/pick');

for (const type of ['i16', 'i32'] as const) {
  test(`${type}: the chosen values of a block are those of the twin, also in its own place`, () => {
    const random = new Random(1);
    for (let trial = 0; trial < 200; trial++) {
      const n = 1 + random.below(40);
      const first = random.below(2) === 0 ? 0 : random.below(1000);
      const all = first + n + random.below(30);
      const ahead = all - first; // places of the block and behind it
      const places = randomPositions(ahead, random.below(ahead + 1), random).map((place) => first + place);
      const inPlace = type === 'i32' && trial % 2 === 1;
      const specs = {
        picked: { type: 'i32', values: filled(random, n, -9, 9), out: true },
        values: { type, values: filled(random, n, -32768, 32767), out: inPlace },
        places: { type: 'u32', values: places },
      } as const;
      const call = (kernel: typeof pickValues) => (arena: Arena<typeof specs>) => {
        const { i32, u32, at } = arena;
        const to = inPlace ? at.values : at.picked;
        return kernel(i32, to, arena[type], at.values, u32, at.places, places.length, first, n);
      };
      checkTwin(random, specs, call(pickValues), call(naive.pickValues), `trial ${trial}`);
    }
  });
}

test.run();
