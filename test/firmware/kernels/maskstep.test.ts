import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as kernels from '../../../firmware/kernels/maskstep.js';
import * as naive from '../../../firmware/kernels/naive/maskstep.js';
import { fillNoise, NOISE_LENGTH } from '../../../shared/fixed/noise.js';
import { Random } from '../../../shared/fixed/random.js';
import { checkTwin, filled, ranges } from './twin.js';

const test = suite('kernels/maskstep');

const TRIALS = 20; // for each number of lanes

test('the step of listed weights equals its twin, whole or in ranges of rows, and counts what it clips', () => {
  const random = new Random(1);
  let clips = 0;
  for (let lanes = 1; lanes <= 16; lanes++) {
    for (let trial = 0; trial < TRIALS; trial++) {
      const rows = 1 + random.below(14);
      const cols = 1 + random.below(29);
      const signed = random.below(2) === 0;
      const weightMax = random.below(3) === 0 ? 255 + random.below(1000) : 32767;
      const noise = new Int32Array(NOISE_LENGTH);
      fillNoise(noise, 0, random.next());
      const share = random.below(5); // of 4
      const columns: number[] = [];
      const rowStarts = [0];
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < cols; c++) if (random.below(4) < share) columns.push(c);
        rowStarts.push(columns.length);
      }
      const specs = {
        weights: { type: 'i16', values: filled(random, rows * cols, -weightMax, weightMax), out: true },
        errors: { type: 'i16', values: filled(random, rows * lanes, -1023, 1023) },
        inputs: {
          type: signed ? 'i8' : 'u8',
          values: filled(random, cols * lanes, signed ? -128 : 0, signed ? 127 : 255),
        },
        rowStarts: { type: 'i32', values: rowStarts },
        columns: { type: 'u16', values: columns },
        noise: { type: 'i32', values: noise },
      } as const;
      const turn = random.below(NOISE_LENGTH);
      const mantissa = random.below(5) === 0 ? 255 : random.below(256);
      const shift = random.below(5) === 0 ? 30 * random.below(2) : random.below(31);
      const cuts = ranges(random, rows);
      const run =
        (kernel: typeof kernels.listedWeightStep, parts: readonly [number, number][]) =>
        ({ i8, u8, i16, u16, i32, at }: ReturnType<typeof checkTwin<typeof specs>>) =>
          parts.reduce(
            (sum, [from, to]) =>
              // biome-ignore format: arguments in groups
              sum + kernel(
                i16, at.weights, i16, at.errors, signed ? i8 : u8, at.inputs, i32, at.rowStarts, u16, at.columns,
                i32, at.noise, turn, mantissa, shift, weightMax, cols, lanes, from, to,
              ),
            0,
          );
      const what = `${rows} × ${cols}, ${lanes} lanes, trial ${trial}`;
      const twin = run(naive.listedWeightStep, [[0, rows]]);
      const arena = checkTwin(random, specs, run(kernels.listedWeightStep, cuts), twin, what);
      clips += run(kernels.listedWeightStep, [[0, rows]])(arena);
    }
  }
  assert.ok(clips > 100, `${clips} clipped`);
});

test.run();
