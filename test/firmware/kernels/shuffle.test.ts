import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shuffle } from '../../../firmware/kernels/shuffle.js';
import { Random } from '../../../shared/fixed/random.js';

const test = suite('kernels/shuffle');

test('gives the order and the state that draws of Random give', () => {
  for (const count of [...Array(40).keys(), 1000, 65535]) {
    const random = new Random(count);
    const own = new Random(count);
    const order = new Uint16Array(count + 3).fill(9);
    own.state = shuffle(order, 1, count, own.state);
    const expected = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [expected[i], expected[j]] = [expected[j], expected[i]];
    }
    assert.ok(
      expected.every((place, i) => order[i + 1] === place),
      `${count}`,
    );
    assert.equal([order[0], order[count + 1], order[count + 2]], [9, 9, 9]);
    assert.is(own.next(), random.next());
  }
});

test.run();
