import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { MERGE, MERGE_ADDED, MERGE_DROPPED, mergeChange } from '../../../shared/masks/merge.js';
import { randomPositions } from './sets.js';

const test = suite('masks/merge');

test('members that the set lacks, and others that it has, in any pieces', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 200; trial++) {
    const n = 1 + random.below(100);
    const reference = randomPositions(n, random.below(n + 1), random);
    const positions = randomPositions(n, random.below(n + 1), random);
    const [members, count] = [reference.length, positions.length];
    const inSet = new Set(positions);
    const inReference = new Set(reference);
    const others = Array.from({ length: n }, (_, i) => i).filter((i) => !inReference.has(i));
    const lacks = [...reference.keys()].filter((i) => !inSet.has(reference[i]));
    const has = [...others.keys()].filter((i) => inSet.has(others[i]));
    const dropped = new Uint32Array(members);
    const added = new Uint32Array(count);
    const merge = new Int32Array(MERGE);
    for (let to = 0; to < members + count; ) {
      to = Math.min(members + count, to + 1 + random.below(20));
      mergeChange(dropped, added, merge, reference, members, positions, count, to);
    }
    assert.is(dropped.subarray(0, merge[MERGE_DROPPED]).join(), lacks.join());
    assert.is(added.subarray(0, merge[MERGE_ADDED]).join(), has.join());
  }
});

test.run();
