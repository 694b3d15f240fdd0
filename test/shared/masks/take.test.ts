import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { TOPK_STATE, TOPK_THRESHOLD, TOPK_TIES, topkDescend } from '../../../shared/masks/count.js';
import { topkTake } from '../../../shared/masks/take.js';

const test = suite('masks/take');

test('what lies above the threshold is taken, and the first of what equals it, but no more than there is room', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 300; trial++) {
    const n = 1 + random.below(60);
    const [low, high] = [-5, 5];
    const array = [Int8Array, Int16Array, Int32Array, Uint8Array][trial % 4];
    const least = array === Uint8Array ? 0 : low;
    const values = array.from(Array.from({ length: n }, () => least + random.below(high - least + 1)));
    const threshold = random.below(7);
    const ties = random.below(8);
    const start = random.below(n + 1);
    const room = random.below(n + 2);
    const at = random.below(3);
    const position = random.below(1000);
    const expected: number[] = [];
    let left = ties;
    for (let i = start; i < n && expected.length <= room; i++) {
      const magnitude = Math.abs(values[i]);
      if (magnitude > threshold || (magnitude === threshold && left-- > 0))
        expected.push(position + i - start);
    }
    const out = new Uint32Array(at + room + 2).fill(77);
    const state = new Int32Array(TOPK_STATE);
    state[TOPK_THRESHOLD] = threshold;
    state[TOPK_TIES] = ties;
    const taken = topkTake(out, at, room, state, values, start, n, position);
    assert.is(taken, Math.min(room, expected.length));
    const rest = [77, 77, ...new Array(room - taken).fill(77)];
    const before = new Array(at).fill(77);
    assert.equal([...out], [...before, ...expected.slice(0, room), ...rest]);
  }
});

test('the walk down the counts ends in the bin of the rank, with the rest of it', () => {
  const random = new Random(2);
  for (let trial = 0; trial < 200; trial++) {
    const state = new Int32Array(TOPK_STATE);
    const top = random.below(12);
    for (let bin = 0; bin <= top; bin++) state[bin] = random.below(3);
    const rank = random.below(12);
    state[TOPK_TIES] = rank;
    const ranked = Array.from(state.subarray(0, top + 1))
      .flatMap((count, bin) => new Array<number>(count).fill(bin))
      .reverse();
    const expected = rank === 0 ? top : (ranked[rank - 1] ?? -1);
    const above = ranked.filter((bin) => bin > expected).length;
    assert.is(topkDescend(state, top), expected);
    assert.is(state[TOPK_TIES], rank - above);
  }
});

test.run();
