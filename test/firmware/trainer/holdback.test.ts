import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { heldBackPart, trainingPart } from '../../../firmware/trainer/holdback.js';

const test = suite('trainer/holdback');

/** Places of a shard that a view reads. */
function places(view: { count: number; read(index: number, out: Uint8Array): number }): number[] {
  return Array.from({ length: view.count }, (_, i) => view.read(i, new Uint8Array(0)));
}

test('both parts together are all examples, the last of every group held back', () => {
  for (const every of [0, 1, 2, 3, 10]) {
    for (let count = 0; count <= 35; count++) {
      const shard = { count, read: (index: number) => index };
      const held = places(heldBackPart(shard, every));
      const kept = places(trainingPart(shard, every));
      const all = Array.from({ length: count }, (_, i) => i);
      assert.equal(
        held,
        all.filter((i) => every > 0 && (i + 1) % every === 0),
      );
      assert.equal(
        kept,
        all.filter((i) => !held.includes(i)),
      );
    }
  }
});

test.run();
