import { suite } from 'uvu';
import { interleaveRows } from '../../../firmware/kernels/interleave.js';
import * as naive from '../../../firmware/kernels/naive/interleave.js';
import { Random } from '../../../shared/fixed/random.js';
import { checkTwin, filled } from './twin.js';

const test = suite('kernels/interleave');

test('examples go to their lanes as their twins do, with borders and without', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 200; trial++) {
    const channels = 1 + random.below(3);
    const height = 1 + random.below(5);
    const width = 1 + random.below(6);
    const pitch = width + random.below(3);
    const plane = pitch * (height + random.below(3));
    const lanes = 1 + random.below(16);
    const lane = random.below(lanes);
    const rows = channels * height;
    const specs = {
      volume: { type: 'u8', values: filled(random, channels * plane * lanes, 0, 255), out: true },
      example: { type: 'u8', values: filled(random, rows * width, 0, 255) },
    } as const;
    const call =
      (kernel: typeof interleaveRows) =>
      ({ u8, at }: { u8: Uint8Array; at: { volume: number; example: number } }) =>
        kernel(u8, at.volume, u8, at.example, rows, height, width, pitch, plane, lanes, lane);
    checkTwin(random, specs, call(interleaveRows), call(naive.interleaveRows), `trial ${trial}`);
  }
});

test.run();
