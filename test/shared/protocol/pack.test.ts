import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { unpackNumbers } from '../../../shared/protocol/numbers.js';
import { packBytes, packHalves } from '../../../shared/protocol/pack.js';

const test = suite('protocol/pack');

for (const [bits, pack] of [
  [8, packBytes],
  [4, packHalves],
] as const) {
  test(`numbers of ${bits} bits come back, in any pieces, and the first that needs more is found`, () => {
    const random = new Random(bits);
    const least = -(2 ** (bits - 1));
    for (let trial = 0; trial < 200; trial++) {
      const n = random.below(40);
      const numbers = Int16Array.from({ length: n }, () => least + random.below(2 ** bits));
      const bytes = new Uint8Array((n * bits + 7) >> 3);
      const cut = random.below(n + 1);
      assert.is(pack(bytes, numbers, 0, cut), cut);
      assert.is(pack(bytes, numbers, cut, n), n);
      assert.is(unpackNumbers(bytes, n, bits).join(), numbers.join());
      if (n === 0) continue;
      const wrong = random.below(n);
      numbers[wrong] = random.below(2) === 0 ? least - 1 : -least;
      assert.is(pack(new Uint8Array(bytes.length), numbers, 0, n), wrong);
    }
  });
}

test.run();
