import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { finish, inPieces } from '../../../shared/masks/work.js';

const test = suite('masks/work');

/** The pieces as `from-to`, and the work that each yielded. */
function pieces(count: number, macs: number, sliceMacs: number): { ranges: string; work: number[] } {
  const ranges: string[] = [];
  const work = [...inPieces(count, macs, sliceMacs, (from, to) => ranges.push(`${from}-${to}`))];
  return { ranges: ranges.join(' '), work };
}

test('a loop is cut into whole elements that fit the slice', () => {
  assert.equal(pieces(10, 2, 9), { ranges: '0-4 4-8 8-10', work: [8, 8, 4] });
  assert.equal(pieces(2, 3, 1), { ranges: '0-1 1-2', work: [3, 3] });
  assert.equal(pieces(10, 2, Number.POSITIVE_INFINITY), { ranges: '0-10', work: [20] });
  assert.equal(pieces(0, 2, 9), { ranges: '', work: [] });
});

test('work that is run to its end gives its result', () => {
  let visited = 0;
  function* both(): Generator<number, string> {
    yield* inPieces(3, 1, 1, () => {
      visited++;
    });
    return 'pear';
  }
  assert.is(finish(both()), 'pear');
  assert.is(visited, 3);
});

test.run();
