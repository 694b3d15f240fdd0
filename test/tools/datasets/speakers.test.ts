import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { holdOutClients, holdOutLast } from '../../../tools/datasets/holdout.js';
import { eachSpeaker, mergeSpeakers } from '../../../tools/datasets/speakers.js';

const test = suite('datasets/speakers');

/** `sizes[name]` clips of each speaker, one after the other. */
function clipsOf(sizes: Readonly<Record<string, number>>): string[] {
  return Object.entries(sizes).flatMap(([name, size]) => new Array<string>(size).fill(name));
}

function countsOf(clients: ArrayLike<number>): number[] {
  const counts: number[] = [];
  for (const client of Array.from(clients)) counts[client] = (counts[client] ?? 0) + 1;
  return counts;
}

test('speakers with enough clips are clients of their own, in the order of their names', () => {
  const clips = clipsOf({ bob: 12, ann: 20, cat: 13 });
  const clients = mergeSpeakers(clips, 1);
  assert.equal([...new Set(clients)], [1, 0, 2]);
  assert.equal(countsOf(clients), [20, 12, 13]);
});

test('the others share clients of 12 clips or more; a speaker is never divided', () => {
  const sizes = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`s${i}`, 1 + ((i * 7) % 15)]));
  const clips = clipsOf(sizes);
  for (const seed of [1, 2, 3]) {
    const clients = mergeSpeakers(clips, seed);
    const counts = countsOf(clients);
    assert.ok(
      counts.every((count) => count >= 12),
      `seed ${seed}: ${counts}`,
    );
    assert.is(Object.keys(counts).length, counts.length, 'every id has a client');
    const pairs = new Set(clips.map((name, i) => `${name} ${clients[i]}`));
    assert.is(pairs.size, 60);
    assert.equal(mergeSpeakers(clips, seed), clients);
  }
  assert.not.equal([...mergeSpeakers(clips, 1)], [...mergeSpeakers(clips, 2)]);
});

test('who is left over joins the last client; too few for any client are one', () => {
  assert.equal(countsOf(mergeSpeakers(clipsOf({ ann: 12, bob: 3 }), 1)), [15]);
  assert.equal(countsOf(mergeSpeakers(clipsOf({ ann: 2, bob: 3 }), 1)), [5]);
  assert.equal([...eachSpeaker(clipsOf({ bob: 1, ann: 2 }))], [1, 0, 0]);
});

test('held-out clients reach the share, whole, and leave one at least', () => {
  const clips = clipsOf({ a: 10, b: 20, c: 30, d: 40 });
  for (const seed of [1, 2, 3, 4]) {
    for (const share of [0.01, 0.2, 0.5, 0.99]) {
      const held = holdOutClients(clips, share, seed);
      const [out, kept] = [true, false].map((side) => new Set(clips.filter((_, i) => held[i] === side)));
      assert.is(out.size + kept.size, 4, 'no client is on both sides');
      assert.ok(kept.size >= 1 && out.size >= 1);
      assert.ok(held.filter(Boolean).length >= share * 100 || kept.size === 1);
    }
  }
});

test('without clients the last of each label are held out, one at least, never all', () => {
  assert.equal(holdOutLast(['a', 'b', 'a', 'a', 'b', 'c'], 0.2), [false, false, false, true, true, false]);
  assert.equal(holdOutLast(['a', 'a', 'a', 'a'], 0.5), [false, false, true, true]);
  assert.equal(holdOutLast(['a', 'a'], 0.99), [false, true]);
});

test.run();
