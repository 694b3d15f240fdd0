import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as naive from '../../../firmware/kernels/naive/places.js';
import { adoptPlaces, listPlaces } from '../../../firmware/kernels/places.js';
import { Random } from '../../../shared/fixed/random.js';
import { randomPositions } from '../../shared/masks/sets.js';
import { type Arena, checkTwin, filled } from './twin.js';

const test = suite('kernels/places');

test('places become columns and starts of rows, and come back', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 100; trial++) {
    const rows = 1 + random.below(10);
    const cols = 1 + random.below(12);
    const n = rows * cols;
    const places = randomPositions(n, random.below(n + 1), random);
    const count = places.length;
    const specs = {
      columns: { type: 'u16', values: filled(random, count, 0, 99), out: true },
      rowStarts: { type: 'i32', values: filled(random, rows + 1, 0, 99), out: true },
    } as const;
    const adopt = (kernel: typeof adoptPlaces) => (arena: Arena<typeof specs>) => {
      const { u16, i32, at } = arena;
      kernel(u16, at.columns, i32, at.rowStarts, places, count, cols, rows);
    };
    const { u16, i32, at } = checkTwin(
      random,
      specs,
      adopt(adoptPlaces),
      adopt(naive.adoptPlaces),
      `trial ${trial}`,
    );
    for (const kernel of [listPlaces, naive.listPlaces]) {
      const back = new Uint32Array(count);
      kernel(back, u16, at.columns, i32, at.rowStarts, cols, rows);
      assert.is(back.join(), places.join());
    }
  }
});

test.run();
