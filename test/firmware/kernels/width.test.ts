import { suite } from 'uvu';
import * as naive from '../../../firmware/kernels/naive/width.js';
import { countWidths, WIDTHS, widthOfMost } from '../../../firmware/kernels/width.js';
import { Random } from '../../../shared/fixed/random.js';
import { type Arena, checkTwin, filled } from './twin.js';

const test = suite('kernels/width');

for (const type of ['i16', 'i32'] as const) {
  test(`${type}: widths are counted as by the twin`, () => {
    const random = new Random(1);
    for (let trial = 0; trial < 100; trial++) {
      const n = 1 + random.below(40);
      const most = Math.min(type === 'i16' ? 32767 : 2 ** 31 - 1, 2 ** random.below(32) - 1);
      const specs = {
        widths: { type: 'i32', values: filled(random, WIDTHS, 0, 9), out: true },
        values: { type, values: filled(random, n, 0, most).map((v) => (random.below(2) === 0 ? v : -v)) },
      } as const;
      const call = (kernel: typeof countWidths) => (arena: Arena<typeof specs>) =>
        kernel(arena.i32, arena.at.widths, arena[type], arena.at.values, n);
      checkTwin(random, specs, call(countWidths), call(naive.countWidths), `trial ${trial}`);
    }
  });
}

test('the width that all but a few have is that of the twin', () => {
  const random = new Random(2);
  for (let trial = 0; trial < 200; trial++) {
    const specs = { widths: { type: 'i32', values: filled(random, WIDTHS, 0, 9) } } as const;
    const clipped = random.below(2) === 0 ? 0 : random.below(60);
    const call = (kernel: typeof widthOfMost) => (arena: Arena<typeof specs>) =>
      kernel(arena.i32, arena.at.widths, clipped);
    checkTwin(random, specs, call(widthOfMost), call(naive.widthOfMost), `trial ${trial}`);
  }
});

test.run();
