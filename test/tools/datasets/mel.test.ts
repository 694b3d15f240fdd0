import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../shared/fixed/random.js';
import { Fft } from '../../../tools/datasets/fft.js';
import { BANDS, FRAMES, LogMel, melBank } from '../../../tools/datasets/mel.js';
import { refuses, tone } from './files.js';

const test = suite('datasets/mel');

/** A filter's weight at a bin by another way: interpolation on the list of edge frequencies. */
function weightAt(band: number, bin: number): number {
  const edge = (i: number) => {
    const [low, high] = [60, 7600].map((hz) => 1127.01048 * Math.log(1 + hz / 700));
    return 700 * (Math.exp((low + ((high - low) * i) / 41) / 1127.01048) - 1);
  };
  const hz = bin * 15.625;
  const [left, centre, right] = [edge(band), edge(band + 1), edge(band + 2)];
  if (hz <= left || hz >= right) return 0;
  return hz <= centre ? (hz - left) / (centre - left) : (right - hz) / (right - centre);
}

function features(samples: ArrayLike<number>): Float32Array {
  const out = new Float32Array(BANDS * FRAMES);
  const clip = new Float64Array(16_000);
  for (let i = 0; i < samples.length; i++) clip[i] = samples[i] / 32768;
  new LogMel().read(clip, out);
  return out;
}

test('the transform is the plain sum of its definition', () => {
  const random = new Random(7);
  for (const size of [2, 8, 64]) {
    const re = Float64Array.from({ length: size }, () => random.below(2001) / 1000 - 1);
    const im = Float64Array.from({ length: size }, () => random.below(2001) / 1000 - 1);
    const [outRe, outIm] = [re.slice(), im.slice()];
    new Fft(size).transform(outRe, outIm);
    for (let k = 0; k < size; k++) {
      let [sumRe, sumIm] = [0, 0];
      for (let n = 0; n < size; n++) {
        const angle = (-2 * Math.PI * k * n) / size;
        sumRe += re[n] * Math.cos(angle) - im[n] * Math.sin(angle);
        sumIm += re[n] * Math.sin(angle) + im[n] * Math.cos(angle);
      }
      assert.ok(
        Math.abs(outRe[k] - sumRe) < 1e-9 && Math.abs(outIm[k] - sumIm) < 1e-9,
        `size ${size}, bin ${k}`,
      );
    }
  }
  refuses(() => new Fft(12), 'size 12, expected a power of two');
});

test('the filters are the triangles of the mel formula in natural logarithms', () => {
  const bank = melBank();
  assert.is(bank.length, BANDS);
  bank.forEach(({ first, weights }, band) => {
    for (let bin = 0; bin <= 512; bin++) {
      const given = weights[bin - first] ?? 0;
      assert.ok(Math.abs(given - weightAt(band, bin)) < 1e-6, `band ${band}, bin ${bin}`);
    }
  });
});

test('features are those of the definition, summed the slow way', () => {
  const random = new Random(3);
  const samples = Int16Array.from({ length: 16_000 }, () => random.below(20_001) - 10_000);
  const given = features(samples);
  const frame = 11;
  for (const band of [0, 17, 39]) {
    let power = 0;
    for (let bin = 0; bin <= 512; bin++) {
      const weight = weightAt(band, bin);
      if (weight === 0) continue;
      let [re, im] = [0, 0];
      for (let n = 0; n < 640; n++) {
        const x = (samples[frame * 640 + n] / 32768) * Math.sin((Math.PI * n) / 639) ** 2; // Hann
        re += x * Math.cos((2 * Math.PI * bin * n) / 1024);
        im += x * Math.sin((2 * Math.PI * bin * n) / 1024);
      }
      power += weight * (re * re + im * im);
    }
    const expected = Math.log(power / 640 + 1e-7);
    assert.ok(Math.abs(given[band * FRAMES + frame] - expected) < 1e-4, `band ${band}`);
  }
});

test('a tone is loudest in the band around it, in every frame', () => {
  for (const hz of [150, 440, 1000, 3000, 7000]) {
    const given = features(tone(hz));
    const weights = Array.from({ length: BANDS }, (_, band) => weightAt(band, Math.round(hz / 15.625)));
    const nearest = weights.indexOf(Math.max(...weights));
    for (let frame = 0; frame < FRAMES; frame++) {
      const column = Array.from({ length: BANDS }, (_, band) => given[band * FRAMES + frame]);
      assert.is(column.indexOf(Math.max(...column)), nearest, `${hz} Hz, frame ${frame}`);
    }
  }
});

test('silence is the floor, and a tone that starts late leaves the frames before at it', () => {
  const floor = Math.fround(Math.log(1e-7));
  assert.ok(features([]).every((value) => value === floor));
  const late = new Int16Array(16_000);
  late.set(tone(1000, 640), 20 * 640);
  const given = features(late);
  for (const [i, value] of given.entries()) {
    if (i % FRAMES !== 20) assert.is(value, floor, `feature ${i}`);
  }
  const near = Array.from({ length: BANDS }, (_, band) => weightAt(band, 64)).findIndex(
    (weight) => weight > 0.5,
  );
  assert.ok(given[near * FRAMES + 20] > 0);
});

test.run();
