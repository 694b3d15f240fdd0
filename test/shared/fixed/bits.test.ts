import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bitWidth, squareRoot, squareRootWide } from '../../../shared/fixed/bits.js';
import { Random } from '../../../shared/fixed/random.js';

const test = suite('fixed/bits');

const MAX = 2147483647;

test('bitWidth is the length of the binary magnitude', () => {
  const random = new Random(1);
  const values = [0, 1, 2, 3, MAX, MAX - 1];
  for (let b = 0; b < 31; b++) values.push(2 ** b, 2 ** b - 1);
  for (let i = 0; i < 2000; i++) values.push(random.next() >>> (1 + random.below(31)));
  for (const x of values) {
    const width = x === 0 ? 0 : x.toString(2).length;
    assert.is(bitWidth(x), width, `${x}`);
    assert.is(bitWidth(-x), width, `${-x}`);
  }
});

test('squareRoot is the floor of the root, around every square and at the end', () => {
  for (let root = 0; root <= 46340; root++) {
    const square = root * root;
    if (squareRoot(square) !== root) assert.unreachable(`root of ${square}`);
    if (root > 0 && squareRoot(square - 1) !== root - 1) assert.unreachable(`root of ${square - 1}`);
    if (squareRoot(Math.min(MAX, square + 2 * root)) !== root)
      assert.unreachable(`root of ${square + 2 * root}`);
  }
  assert.is(squareRoot(MAX), 46340);
});

test('squareRootWide loses only low bits', () => {
  for (const root of [46340, 46341, 65535, 1_000_003, 2 ** 26 - 1]) {
    const wide = squareRootWide(root * root);
    assert.ok(wide <= root && root - wide < root / 2 ** 15, `root ${wide} of ${root}²`);
  }
  assert.is(squareRootWide(46341 ** 2), 46340);
  assert.is(squareRootWide(2 ** 50), 2 ** 25);
});

test.run();
