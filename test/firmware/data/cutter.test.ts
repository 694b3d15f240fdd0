import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WindowCutter } from '../../../firmware/data/cutter.js';

const test = suite('window cutter');

/** First value of each window that samples 0, 1, 2, … give; the second channel is 100 more. */
function starts(steps: number, stride: number, samples: number, begins: readonly number[] = []): number[] {
  const cutter = new WindowCutter(steps, 2, stride);
  const sample = new Int16Array(2);
  const found: number[] = [];
  for (let i = 0; i < samples; i++) {
    if (begins.includes(i)) cutter.begin();
    sample[0] = i;
    sample[1] = i + 100;
    const window = cutter.push(sample);
    if (window === undefined) continue;
    found.push(window[0]);
    for (let step = 0; step < steps; step++) {
      assert.is(window[2 * step], window[0] + step);
      assert.is(window[2 * step + 1], window[0] + step + 100);
    }
  }
  return found;
}

test('windows overlap by what the stride leaves', () => {
  assert.equal(starts(4, 4, 13), [0, 4, 8]);
  assert.equal(starts(4, 2, 11), [0, 2, 4, 6]);
  assert.equal(starts(5, 3, 15), [0, 3, 6, 9]);
  assert.equal(starts(1, 1, 3), [0, 1, 2]);
});

test('after a new beginning no window has a sample of before', () => {
  assert.equal(starts(4, 2, 16, [5, 13]), [0, 5, 7, 9]);
});

test.run();
