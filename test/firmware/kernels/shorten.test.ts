import { suite } from 'uvu';
import * as naive from '../../../firmware/kernels/naive/shorten.js';
import { shortenListed, shortenNearest, shortenRun } from '../../../firmware/kernels/shorten.js';
import { Random } from '../../../shared/fixed/random.js';
import { type Arena, checkTwin, filled } from './twin.js';

const test = suite('kernels/shorten');

for (const type of ['i16', 'i32'] as const) {
  test(`${type}: numbers are shortened as by the twins`, () => {
    const random = new Random(1);
    for (let trial = 0; trial < 200; trial++) {
      const n = 1 + random.below(40);
      const most = type === 'i16' ? 32767 : 2 ** 30;
      const specs = {
        out: { type: 'i16', values: filled(random, n, -9, 9), out: true },
        values: { type, values: filled(random, n, -most, most) },
        places: { type: 'u32', values: filled(random, n, 0, 2 ** 27) },
      } as const;
      const shift = random.below([30, 15][random.below(2)]);
      const limit = [32767, 127, 7][random.below(3)];
      const seed = random.next() | 0;
      const place = random.below(2 ** 27);
      const what = `trial ${trial}`;
      const nearest = (kernel: typeof shortenNearest) => (arena: Arena<typeof specs>) =>
        kernel(arena.i16, arena.at.out, arena[type], arena.at.values, shift, limit, n);
      checkTwin(random, specs, nearest(shortenNearest), nearest(naive.shortenNearest), what);
      const run = (kernel: typeof shortenRun) => (arena: Arena<typeof specs>) =>
        kernel(arena.i16, arena.at.out, arena[type], arena.at.values, shift, limit, seed, place, n);
      checkTwin(random, specs, run(shortenRun), run(naive.shortenRun), what);
      const listed = (kernel: typeof shortenListed) => (arena: Arena<typeof specs>) => {
        const { i16, u32, at } = arena;
        kernel(i16, at.out, arena[type], at.values, u32, at.places, shift, limit, seed, n);
      };
      checkTwin(random, specs, listed(shortenListed), listed(naive.shortenListed), what);
    }
  });
}

test.run();
