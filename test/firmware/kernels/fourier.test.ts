import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as kernels from '../../../firmware/kernels/fourier.js';
import * as naive from '../../../firmware/kernels/naive/fourier.js';
import { Random } from '../../../shared/fixed/random.js';
import { checkTwin, filled } from './twin.js';

const test = suite('kernels/fourier');

const SIZES = [1, 2, 4, 8, 32, 128, 512];
const UNIT = 2 ** kernels.POINT_BITS;
/** All that parts of points may add up to. */
const MOST = 1e9;

function sinesOf(size: number): Int32Array {
  return Int32Array.from({ length: (3 * size) / 2 }, (_, k) =>
    Math.round(65536 * Math.sin((Math.PI * k) / size)),
  );
}

test('loading a frame equals its twin', () => {
  const random = new Random(1);
  for (let trial = 0; trial < 60; trial++) {
    const size = SIZES[1 + random.below(SIZES.length - 1)];
    const frame = 4 * (1 + random.below(size / 2));
    const specs = {
      points: { type: 'i32', values: new Int32Array(2 * size), out: true },
      samples: { type: 'i16', values: filled(random, frame, -32768, 32767) },
      window: { type: 'u16', values: filled(random, frame / 2, 0, 65535) },
    } as const;
    checkTwin(
      random,
      specs,
      ({ i32, i16, u16, at }) =>
        kernels.loadFrame(i32, at.points, i16, at.samples, u16, at.window, frame, size),
      ({ i32, i16, u16, at }) =>
        naive.loadFrame(i32, at.points, i16, at.samples, u16, at.window, frame, size),
      `trial ${trial}, ${frame} of ${2 * size}`,
    );
  }
});

const IN_PLACE = [
  ['transform', kernels.transformPoints, naive.transformPoints],
  ['split', kernels.splitSpectrum, naive.splitSpectrum],
] as const;

for (const [name, kernel, twin] of IN_PLACE) {
  test(`${name} equals its twin`, () => {
    const random = new Random(2);
    for (let trial = 0; trial < 60; trial++) {
      const size = SIZES[random.below(SIZES.length)];
      const most = Math.floor(MOST / (2 * size));
      const specs = {
        points: { type: 'i32', values: filled(random, 2 * size, -most, most), out: true },
        sines: { type: 'i32', values: sinesOf(size) },
      } as const;
      checkTwin(
        random,
        specs,
        ({ i32, at }) => kernel(i32, at.points, i32, at.sines, size),
        ({ i32, at }) => twin(i32, at.points, i32, at.sines, size),
        `trial ${trial}, ${size} points`,
      );
    }
  });
}

test('the spectrum is that of the definition, for any sound as loud as there is', () => {
  const random = new Random(3);
  const [size, frame] = [128, 160];
  const window = Uint16Array.from({ length: frame / 2 }, () => random.below(65536));
  const sounds = [
    () => -32768,
    (i: number) => (i % 2 === 0 ? 32767 : -32768),
    () => random.below(65536) - 32768,
    () => random.below(3) - 1,
  ];
  for (const sound of sounds) {
    const samples = Int16Array.from({ length: frame }, (_, i) => sound(i));
    const points = new Int32Array(2 * size);
    kernels.loadFrame(points, 0, samples, 0, window, 0, frame, size);
    kernels.transformPoints(points, 0, sinesOf(size), 0, size);
    kernels.splitSpectrum(points, 0, sinesOf(size), 0, size);
    const weighted = Array.from(
      samples,
      (sample, i) => (sample * window[Math.min(i, frame - 1 - i)]) / 65536,
    );
    const loudness = weighted.reduce((sum, x) => sum + Math.abs(x), 0);
    for (let k = 1; k < size; k++) {
      const angle = (Math.PI * k) / size;
      const re = weighted.reduce((sum, x, n) => sum + x * Math.cos(angle * n), 0);
      const im = weighted.reduce((sum, x, n) => sum - x * Math.sin(angle * n), 0);
      const apart = Math.hypot(points[2 * k] / UNIT - re, points[2 * k + 1] / UNIT - im);
      // sines are exact to half of 2^-16, products to one unit, in each of the stages
      assert.ok(apart < loudness * 2 ** -15 + 1, `point ${k}: ${apart} apart, loudness ${loudness}`);
    }
  }
});

test.run();
