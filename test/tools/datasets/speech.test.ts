import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CLASS_NAMES, WORDS } from '../../../tools/datasets/clips.js';
import { loadSpeech, type SpeechOptions } from '../../../tools/datasets/speech.js';
import { type Files, refuses, tone, wavBytes, withFiles } from './files.js';

const test = suite('datasets/speech');

const SPEAKERS = ['0a0a0a0a', '1b1b1b1b', '2c2c2c2c', '3d3d3d3d'];

/** A short clip whose pitch tells its word; most clips of the real set are a second. */
function clip(word: number): Uint8Array {
  return wavBytes(tone(200 + 400 * word, 1280));
}

/** Each of four speakers says each word; the third is in the validation list, the fourth in the testing list. */
function archive(): Record<string, Uint8Array | string> {
  const words = [...WORDS, 'bed', 'cat'];
  const files: Record<string, Uint8Array | string> = {};
  for (const speaker of SPEAKERS) {
    words.forEach((word, i) => {
      files[`${word}/${speaker}_nohash_0.wav`] = clip(i);
    });
  }
  const list = (speaker: string) => words.map((word) => `${word}/${speaker}_nohash_0.wav\n`).join('');
  files['validation_list.txt'] = list(SPEAKERS[2]);
  files['testing_list.txt'] = list(SPEAKERS[3]);
  files['_background_noise_/hum.wav'] = wavBytes(tone(100, 80_000));
  files['_background_noise_/README.md'] = 'not a clip';
  return files;
}

/** The layout of the official test set. */
function testSet(): Files {
  const files: Record<string, Uint8Array> = { '_silence_/7.wav': wavBytes(new Int16Array(16_000)) };
  for (const speaker of SPEAKERS) {
    WORDS.forEach((word, i) => {
      files[`${word}/${speaker}_nohash_0.wav`] = clip(i);
    });
    files[`_unknown_/bed_${speaker}_nohash_0.wav.wav`] = clip(12);
  }
  return files;
}

function labelCounts(labels: Uint8Array): number[] {
  const counts = new Array<number>(CLASS_NAMES.length).fill(0);
  for (const label of labels) counts[label]++;
  return counts;
}

async function refusesFiles(files: Files, message: string, options: SpeechOptions = {}): Promise<void> {
  await withFiles(files, (folder) => {
    refuses(() => loadSpeech(folder, options), message.replaceAll('FOLDER', folder));
  });
}

test('the lists decide: two speakers train, one is tested; unknown and silence are a tenth each', () =>
  withFiles(archive(), (folder) => {
    const { train, test: held, classNames, standard } = loadSpeech(folder);
    assert.equal(classNames, CLASS_NAMES);
    assert.equal([train.shape, train.signed, train.inputExp, train.classes], [[40, 25], true, -5, 12]);
    assert.equal(labelCounts(train.labels), [2, 2, ...new Array(10).fill(2)]);
    assert.equal(labelCounts(held.labels), [1, 1, ...new Array(10).fill(1)]);
    assert.equal([held.clientCount, standard?.mean.length], [1, 40]);
  }));

test('the validation list may be held out instead: no test clip is opened', () => {
  const files = archive();
  for (const word of WORDS) files[`${word}/${SPEAKERS[3]}_nohash_0.wav`] = 'broken';
  return withFiles(files, (folder) => {
    const { test: held } = loadSpeech(folder, { heldOut: 'validation' });
    assert.is(held.count, 12);
    assert.throws(() => loadSpeech(folder), /wav file of 6 bytes/);
  });
});

test('a clip is heard under its own label, the same in each part', () =>
  withFiles(archive(), (folder) => {
    const { train, test: held } = loadSpeech(folder);
    const example = (set: typeof train, label: number) => {
      const place = set.labels.indexOf(label);
      return [...set.features.subarray(place * 1000, (place + 1) * 1000)].join();
    };
    for (let label = 2; label < 12; label++) {
      assert.is(example(train, label), example(held, label), CLASS_NAMES[label]);
      assert.is.not(example(train, label), example(train, label === 2 ? 3 : 2));
    }
  }));

test('training features have mean 0 and deviation 1 in each band', () =>
  withFiles(archive(), (folder) => {
    const { train } = loadSpeech(folder);
    const raw = new Int8Array(train.features.buffer);
    for (let band = 0; band < 40; band++) {
      const values = [...raw].filter((_, i) => Math.floor((i % 1000) / 25) === band);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length / 32;
      assert.ok(Math.abs(mean) < 0.2, `band ${band}: mean ${mean}`);
    }
  }));

test('the same seed makes the same set, another other silence', () =>
  withFiles(archive(), (folder) => {
    const first = loadSpeech(folder);
    const features = (seed: number) =>
      Buffer.from(loadSpeech(folder, { seed }).train.features).toString('hex');
    assert.is(features(1), Buffer.from(first.train.features).toString('hex'));
    assert.is.not(features(1), features(2));
  }));

test('training silence and tested silence are cut from different parts of the noise', () => {
  const noise = new Int16Array(80_000);
  noise.set(tone(1000, 16_000), 64_000);
  return withFiles({ ...archive(), '_background_noise_/hum.wav': wavBytes(noise) }, (folder) => {
    const standard = { mean: new Array(40).fill(0), sd: new Array(40).fill(1) };
    const { train, test: held } = loadSpeech(folder, { standard });
    const loudest = (set: typeof train) => {
      const place = set.labels.indexOf(0);
      return new Int8Array(set.features.slice(place * 1000, (place + 1) * 1000).buffer).reduce((a, b) =>
        Math.max(a, b),
      );
    };
    assert.is(loudest(train), -127);
    assert.ok(loudest(held) > -127);
  });
});

test('an earlier standardisation may be used again', () =>
  withFiles(archive(), (folder) => {
    const standard = { mean: new Array(40).fill(0), sd: new Array(40).fill(1000) };
    const { train, standard: used } = loadSpeech(folder, { standard });
    assert.is(used, standard);
    assert.ok(new Int8Array(train.features.buffer).every((value) => Math.abs(value) <= 1));
  }));

test('the official test set is divided by speaker; its silence goes to some', () =>
  withFiles(testSet(), (folder) => {
    const { train, test: held } = loadSpeech(folder, { testShare: 0.3 });
    assert.is(train.count + held.count, 45);
    assert.is(labelCounts(train.labels)[0] + labelCounts(held.labels)[0], 1);
    assert.ok(held.count === 22 || held.count === 23, `${held.count} clips of two speakers`);
    assert.equal([held.clientCount, train.clientCount], [2, 1]); // 11 clips each: merged to train
  }));

test('a folder that is not Speech Commands is refused with what is wrong', async () => {
  const without = (part: string) =>
    Object.fromEntries(Object.entries(archive()).filter(([name]) => !name.startsWith(part)));
  const words = WORDS.join(', ');
  await refusesFiles(without('go/'), `FOLDER: no folder go, expected those of Speech Commands: ${words}`);
  await refusesFiles(without('testing'), `${join('FOLDER', 'testing_list.txt')}: no such file`);
  await refusesFiles(without('validation'), `${join('FOLDER', 'validation_list.txt')}: no such file`);
  await refusesFiles(without('_background'), `${join('FOLDER', '_background_noise_')}: no such file`);
  await refusesFiles(
    without('_background_noise_/hum'),
    `${join('FOLDER', '_background_noise_')}: no wav file, expected 1 or more`,
  );
  await refusesFiles(
    { ...archive(), 'testing_list.txt': '' },
    'FOLDER: 0 clips held out, expected 1 or more',
  );
});

test('a wrong file is named with the place', async () => {
  const at = (name: string) => join('FOLDER', name);
  const file = 'yes/0a0a0a0a_nohash_0.wav';
  await refusesFiles(
    { ...archive(), [file]: wavBytes([1], { sampleRate: 8000 }) },
    `${at(file)}: wav file, byte 24: sample rate 8000, expected 16000`,
  );
  await refusesFiles(
    { ...archive(), 'yes/ann.wav': clip(1) },
    `${at('yes/ann.wav')}: file name, expected <8 hex digits>_nohash_<number>.wav`,
  );
  await refusesFiles(
    { ...archive(), 'testing_list.txt': `${file}\nyes/pear.wav\n` },
    `${at('testing_list.txt')}: line 2: "yes/pear.wav", expected a file of FOLDER`,
  );
  await refusesFiles(
    { ...archive(), 'testing_list.txt': `${file}\n${file}\n` },
    `${at('testing_list.txt')}: line 2: "${file}", expected in one list, once`,
  );
  await refusesFiles(
    { ...archive(), '_background_noise_/hum.wav': wavBytes(tone(100, 16_000)) },
    `${at('_background_noise_/hum.wav')}: 16000 samples, expected 80000 or more`,
  );
  await refusesFiles(testSet(), 'test share 1, expected above 0 and below 1', { testShare: 1 });
});

test.run();
