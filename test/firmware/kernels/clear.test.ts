import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clearValues } from '../../../firmware/kernels/clear.js';

const test = suite('kernels/clear');

test('clears what it is told and nothing beside, of bytes and of words', () => {
  for (let n = 0; n < 30; n++) {
    for (const values of [new Uint8Array(40).fill(7), new Int32Array(40).fill(-7)]) {
      const before = [...values];
      clearValues(values, 3, n);
      assert.equal(
        [...values],
        before.map((value, i) => (i >= 3 && i < 3 + n ? 0 : value)),
      );
    }
  }
});

test.run();
