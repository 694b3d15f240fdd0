import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as naive from '../../../firmware/kernels/naive/power.js';
import * as kernels from '../../../firmware/kernels/power.js';
import { fillNoise, NOISE_LENGTH } from '../../../shared/fixed/noise.js';
import { type Power, powerTable, raised } from '../../../shared/fixed/power.js';
import { Random } from '../../../shared/fixed/random.js';
import { checkTwin, filled, ranges } from './twin.js';

const test = suite('kernels/power');

const TRIALS = 200;

function powerOf(random: Random): { power: Power; exp: number; weightMax: number } {
  const weightMax = random.below(3) === 0 ? 255 + random.below(1000) : 32767;
  return { power: random.below(2) === 0 ? 5 : 8, exp: -random.below(16), weightMax };
}

test('raising equals its twin', () => {
  const random = new Random(1);
  for (let trial = 0; trial < TRIALS; trial++) {
    const { power, exp, weightMax } = powerOf(random);
    const { roots, fall } = powerTable(power);
    const n = 1 + random.below(300);
    const specs = {
      weights: { type: 'i16', values: filled(random, n, -weightMax, weightMax), out: true },
    } as const;
    checkTwin(
      random,
      specs,
      ({ i16, at }) => kernels.raiseWeights(i16, at.weights, roots, fall, exp, weightMax, n),
      ({ i16, at }) => naive.raiseWeights(i16, at.weights, power, exp, weightMax, n),
      `trial ${trial}`,
    );
  }
});

test('carrying steps over equals its twin, whole or in ranges of rows, and a number of 0 stays 0', () => {
  const random = new Random(2);
  const noise = new Int32Array(NOISE_LENGTH);
  for (let trial = 0; trial < TRIALS; trial++) {
    const { power, exp, weightMax } = powerOf(random);
    const { roots, fall } = powerTable(power);
    const rows = 1 + random.below(14);
    const cols = 1 + random.below(29);
    fillNoise(noise, 0, random.next());
    const numbers = filled(random, rows * cols, -weightMax, weightMax);
    const isSmall = random.below(2) === 0;
    const weights = numbers.map((q) => {
      const far = isSmall ? random.below(41) - 20 : random.below(2 * weightMax + 1) - weightMax;
      const moved = (isSmall ? raised(q, power, exp, weightMax) : 0) + far;
      return Math.max(-weightMax, Math.min(weightMax, moved));
    });
    const share = 1 + random.below(4); // of 4
    const kept = Array.from({ length: cols }, (_, c) => c).filter(() => random.below(4) < share);
    const specs = {
      numbers: { type: 'i16', values: numbers, out: true },
      weights: { type: 'i16', values: weights, out: true },
      kept: { type: 'u16', values: kept },
      noise: { type: 'i32', values: noise },
    } as const;
    const turn = random.below(NOISE_LENGTH);
    const cuts = ranges(random, rows);
    const { i16, at } = checkTwin(
      random,
      specs,
      ({ i16, u16, i32, at }) => {
        for (const [from, to] of cuts) {
          // biome-ignore format: arguments in groups
          kernels.carrySteps(
            i16, at.numbers, i16, at.weights, u16, at.kept, kept.length, i32, at.noise, turn, roots, fall,
            power, exp, weightMax, cols, from, to,
          );
        }
      },
      ({ i16, u16, i32, at }) =>
        // biome-ignore format: arguments in groups
        naive.carrySteps(
          i16, at.numbers, i16, at.weights, u16, at.kept, kept.length, i32, at.noise, turn, power, exp,
          weightMax, cols, 0, rows,
        ),
      `trial ${trial}`,
    );
    for (const [i, q] of numbers.entries()) if (q === 0) assert.is(i16[at.numbers + i], 0);
  }
});

test.run();
