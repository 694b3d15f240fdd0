import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LogMel } from '../../../firmware/sound/logmel.js';
import {
  BANDS,
  FRAME,
  POINTS,
  RISES,
  SAMPLE_RATE,
  SINES,
  STARTS,
  WINDOW,
} from '../../../firmware/sound/table.js';
import { Random } from '../../../shared/fixed/random.js';
import * as clips from '../../../tools/datasets/mel.js';
import { STANDARD_EXP, type Standard, standardise, standardOf } from '../../../tools/datasets/standard.js';
import { parseWav } from '../../../tools/datasets/wav.js';
import { Sound } from '../../../tools/emulator/sound.js';
import { nativeKernels } from '../../../tools/kernels-to-c/native.js';
import { skip } from '../../../tools/test/skip.js';
import { bestBits, buildHost, missingForHost } from '../../../tools/xs/build.js';
import { bundleForXs } from '../../../tools/xs/bundle.js';
import { XsHost } from '../../../tools/xs/host.js';
import { wavBytes } from '../../tools/datasets/files.js';
import { temporaryFolder } from '../../tools/kernels-to-c/replay.js';
import { hashOfHeard, hashOfSounds } from './entry.js';

const test = suite('sound/logmel');

const SAMPLES = clips.CLIP_SAMPLES;
const FEATURES = clips.BANDS * clips.FRAMES;
/** Of a feature: 2^-10 octaves in nats. */
const STEP = Math.LN2 / 1024;

/** A second of int16 samples as the loader of clips sees them: [bands × frames] in nats. */
function featuresOfClip(samples: Int16Array): Float32Array {
  const out = new Float32Array(FEATURES);
  new clips.LogMel().read(
    Float64Array.from(samples, (sample) => sample / 32768),
    out,
  );
  return out;
}

/** The same by the board's front end. */
function featuresOnBoard(samples: Int16Array): Float32Array {
  const out = new Float32Array(FEATURES);
  const mel = new LogMel();
  const values = new Int16Array(BANDS);
  for (let frame = 0; frame < clips.FRAMES; frame++) {
    mel.read(samples.subarray(frame * FRAME, (frame + 1) * FRAME), values);
    for (let band = 0; band < BANDS; band++) out[band * clips.FRAMES + frame] = values[band] * STEP;
  }
  return out;
}

/** The largest difference of a feature. */
function apart(samples: Int16Array): number {
  const clip = featuresOfClip(samples);
  return featuresOnBoard(samples).reduce((most, x, i) => Math.max(most, Math.abs(x - clip[i])), 0);
}

function clipOf(wave: (i: number) => number): Int16Array {
  return Int16Array.from({ length: SAMPLES }, (_, i) =>
    Math.max(-32768, Math.min(32767, Math.round(wave(i)))),
  );
}

/** A second of each emulated sound, by some boards. */
function soundsOf(boards: number): Int16Array[] {
  return Array.from({ length: boards }, (_, seed) => new Sound(new Random(seed + 1))).flatMap((sound) =>
    Array.from({ length: sound.scenes }, (_, label) => {
      sound.begin(label);
      const clip = new Int16Array(SAMPLES);
      for (let frame = 0; frame < clips.FRAMES; frame++) {
        sound.sample();
        clip.set(sound.wave, frame * FRAME);
      }
      return clip;
    }),
  );
}

test('the tables are those of the definition, to their last bit or nearly', () => {
  assert.is(FRAME * clips.FRAMES, SAMPLES);
  assert.is(SAMPLE_RATE, clips.SAMPLE_RATE);
  for (const [k, sine] of SINES.entries()) {
    assert.ok(Math.abs(sine - 65536 * Math.sin((Math.PI * k) / POINTS)) < 0.6, `sine ${k}`);
  }
  for (const [i, weight] of WINDOW.entries()) {
    assert.ok(
      Math.abs(weight - 32768 * (1 - Math.cos((2 * Math.PI * i) / (FRAME - 1)))) < 0.7,
      `window ${i}`,
    );
  }
  for (const [band, { first, weights }] of clips.melBank().entries()) {
    const [from, centre, to] = STARTS.subarray(band);
    weights.forEach((weight, i) => {
      const k = first + i;
      if (weight < 1e-9) return;
      assert.ok(k >= from && k < to, `point ${k} of band ${band}`);
      const rise = RISES[k] / 2048;
      assert.ok(Math.abs(weight - (k < centre ? rise : 1 - rise)) < 3e-4, `weight of point ${k}`);
    });
  }
});

test('features are those of clips to 0.04 nats, whatever the sound, and to 0.003 where it is not deafening', () => {
  const random = new Random(1);
  const noise = (amplitude: number) => () => (random.next() / 2 ** 31 - 1) * amplitude;
  const tone = (hertz: number, amplitude: number) => (i: number) =>
    amplitude * Math.sin((2 * Math.PI * hertz * i) / SAMPLE_RATE);
  const ordinary: [string, (i: number) => number][] = [
    ['silence', () => 0],
    ...[1, 30, 1000, 32767].map((a): [string, () => number] => [`noise of ${a}`, noise(a)]),
    ...[100, 440, 3333, 7000].map((hz): [string, (i: number) => number] => [`soft ${hz} Hz`, tone(hz, 100)]),
    ['clicks', (i) => (i % 1600 === 320 ? 32767 : 0)],
  ];
  const extreme: [string, (i: number) => number][] = [
    ['nothing but -32768', () => -32768],
    ['the highest tone', (i) => (i % 2 === 0 ? 32767 : -32768)],
    ['a square wave', (i) => (i % 73 < 36 ? 32767 : -32768)],
    ...[60, 1000, 3333, 7000].map((hz): [string, (i: number) => number] => [
      `loud ${hz} Hz`,
      tone(hz, 32767),
    ]),
  ];
  for (const [name, wave] of ordinary) assert.ok(apart(clipOf(wave)) < 0.003, name);
  for (const [name, wave] of extreme) assert.ok(apart(clipOf(wave)) < 0.04, name);
});

test('a wav file gives a model the same int8 features by either way, or the next ones', () => {
  const read = soundsOf(6).map((samples) => parseWav(wavBytes(samples), SAMPLE_RATE).samples);
  const [loaded, board] = [featuresOfClip, featuresOnBoard].map((make) =>
    read.flatMap((samples) => Array.from(make(samples))),
  );
  const standard: Standard = standardOf(loaded, FEATURES, BANDS);
  assert.is(STANDARD_EXP, -5);
  const [a, b] = [loaded, board].map(
    (values) => new Int8Array(standardise(values, FEATURES, standard).buffer),
  );
  const steps = a.map((value, i) => Math.abs(value - b[i]));
  assert.ok(steps.every((step) => step <= 1));
  const others = steps.filter((step) => step > 0).length;
  assert.ok(others < steps.length / 100, `${others} of ${steps.length} features are one step apart`);
});

test('a microphone in pieces gives the features of the whole', () => {
  assert.is(hashOfHeard(), hashOfSounds());
});

const missing = missingForHost();
if (missing !== undefined) {
  skip('xs', missing);
} else {
  const { sources, flags, plugin } = nativeKernels(temporaryFolder());
  const engines = [
    { name: 'in byte code', plugins: [], options: {} },
    { name: 'with kernels in C', plugins: [plugin], options: { extra: sources, flags } },
  ];
  for (const { name, plugins, options } of engines) {
    test(`Node and XS ${name} give the same bits`, async () => {
      const script = await bundleForXs(join(import.meta.dirname, 'entry.ts'), plugins);
      const host = new XsHost({ program: await buildHost(bestBits(), options), script });
      try {
        assert.is(await host.evaluate('String(bundle.hashOfSounds())'), String(hashOfSounds()));
        assert.is(await host.evaluate('String(bundle.hashOfHeard())'), String(hashOfSounds()));
      } finally {
        await host.close();
      }
    });
  }
}

test.run();
