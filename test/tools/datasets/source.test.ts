import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { create } from 'tar';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { ACCEPTED } from '../../../tools/datasets/kind.js';
import { kindOf, loadSource, type SourceOptions } from '../../../tools/datasets/source.js';
import { idxBytes, refuses, rejects, wavBytes, withFiles } from './files.js';

const test = suite('datasets/source');

const WORDS = ['down', 'go', 'left', 'no', 'off', 'on', 'right', 'stop', 'up', 'yes'];
const NAMES =
  'digits, mnist, fashion-mnist, emnist-balanced, emnist-byclass, emnist-bymerge, emnist-digits, emnist-letters, emnist-mnist, speech-commands';

function load(source: string, folder: string, options: SourceOptions = {}) {
  return loadSource(source, options, { folder: join(folder, 'work'), say: () => {} });
}

/** The four files of an image set, by their names. */
function images(prefix: string, part: string): Record<string, Uint8Array> {
  const four = (name: string, count: number) => ({
    [`${prefix}${name}-images-idx3-ubyte.gz`]: gzipSync(
      idxBytes([count, 1, 2], new Array(count * 2).fill(9)),
    ),
    [`${prefix}${name}-labels-idx1-ubyte.gz`]: gzipSync(
      idxBytes(
        [count],
        Array.from({ length: count }, (_, i) => i + 1),
      ),
    ),
  });
  return { ...four('train', 3), ...four(part, 2) };
}

test('a public set may come from a folder', () =>
  withFiles(images('', 't10k'), async (folder) => {
    const { train, classNames } = await load('fashion-mnist', folder, { from: folder });
    assert.is(train.count, 3);
    assert.equal([classNames[0], classNames[9], classNames.length], ['T-shirt/top', 'Ankle boot', 10]);
  }));

test('EMNIST comes from its zip, the split that was asked for alone', () => {
  const inside = { ...images('gzip/emnist-letters-', 'test'), ...images('gzip/emnist-digits-', 'test') };
  return withFiles({ 'emnist.zip': zipSync(inside) }, async (folder) => {
    const from = join(folder, 'emnist.zip');
    const letters = await load('emnist-letters', folder, { from });
    assert.equal([letters.train.classes, ...letters.train.labels], [26, 0, 1, 2]);
    assert.equal((await load('emnist-digits', folder, { from })).train.classes, 10);
    assert.is((await load(from, folder, { set: 'emnist-digits' })).train.classes, 10);
    await rejects(
      () => load('emnist-mnist', folder, { from }),
      `${from}: no idx files of emnist-mnist, expected 4`,
    );
  });
});

test('Speech Commands comes from its tar', () =>
  withFiles({}, async (folder) => {
    for (const word of [...WORDS, '_unknown_']) {
      mkdirSync(join(folder, 'set', word), { recursive: true });
      for (const speaker of ['0a0a0a0a', '1b1b1b1b']) {
        writeFileSync(join(folder, 'set', word, `${speaker}_nohash_0.wav`), wavBytes([1, 2, 3]));
      }
    }
    const from = join(folder, 'speech.tar.gz');
    await create({ gzip: true, file: from, cwd: join(folder, 'set') }, ['.']);
    for (const [source, options] of [
      ['speech-commands', { from }],
      [from, {}],
    ] as const) {
      const { train, test: held } = await load(source, folder, options);
      assert.equal([train.count, held.count], [11, 11]);
    }
    assert.ok(existsSync(join(folder, 'work', 'speech.tar.gz.files', 'yes')));
  }));

test('an archive that is broken is named', () =>
  withFiles(
    { 'a.zip': 'no zip at all, but long enough to look', 'a.tar.gz': gzipSync('no tar') },
    async (folder) => {
      await rejects(() => load(join(folder, 'a.zip'), folder), `${join(folder, 'a.zip')}: invalid zip data`);
      let message = '';
      await load(join(folder, 'a.tar.gz'), folder).catch((error: Error) => {
        message = error.message;
      });
      assert.ok(message.startsWith(`${join(folder, 'a.tar.gz')}: `), message);
    },
  ));

test('the kind of a path is told by its files', () =>
  withFiles(
    {
      'one.csv': '',
      'c/train.csv.gz': '',
      'f/train.fld.gz': '',
      'i/train-labels.idx1-ubyte': '',
      's/yes/x.wav': '',
      'a.tgz': '',
      'a.zip': '',
    },
    (folder) => {
      const kinds = ['one.csv', 'c', 'f', 'i', 's', 'a.tgz', 'a.zip'].map((name) =>
        kindOf(join(folder, name)),
      );
      assert.equal(kinds, ['csv', 'csv', 'fld', 'idx', 'speech', 'speech', 'idx']);
      assert.equal([kindOf('digits'), kindOf('mnist'), kindOf('speech-commands')], ['fld', 'idx', 'speech']);
    },
  ));

test('the digits are a source, too', async () => {
  const { train, classNames } = await load('digits', '.');
  assert.equal([train.count, classNames.length], [1437, 10]);
});

test('an unknown source is refused with all that is known', () =>
  withFiles({ 'notes.txt': '' }, (folder) => {
    for (const source of ['pear', 'toString', folder, join(folder, 'notes.txt')]) {
      refuses(
        () => kindOf(source),
        `source ${source}, expected ${NAMES}, or a path with one of: ${ACCEPTED}`,
      );
    }
  }));

test('a copy that is not one is refused', () =>
  withFiles({ 'notes.txt': '', 'a.csv': 'x,label\n1,a\n2,b\n1,a\n2,b\n' }, async (folder) => {
    const from = join(folder, 'notes.txt');
    await rejects(
      () => load('mnist', folder, { from }),
      `${from}: not a known format, expected idx files or a zip`,
    );
    await rejects(
      () => load('speech-commands', folder, { from: join(folder, 'a.csv') }),
      `${join(folder, 'a.csv')}: csv, expected speech files or a tar`,
    );
    await rejects(
      () => load(join(folder, 'a.csv'), folder, { from }),
      `--from ${from}, expected only with ${NAMES.slice('digits, '.length)}`,
    );
  }));

test('a folder that still has to be converted is refused with the way to do it', () =>
  withFiles({ 'i/train-labels-idx1-ubyte': '', 'n/notes.txt': '' }, (folder) => {
    const [idx, notes] = [join(folder, 'i'), join(folder, 'n')];
    refuses(
      () => loadDataset(idx),
      `data set ${idx}: idx files without train.fld, expected \`npm run data -- ${idx} --out <folder>\` before`,
    );
    refuses(
      () => loadDataset(notes),
      `data set ${notes}: no train.fld, expected it, or for \`npm run data -- ${notes} --out <folder>\` one of: ${ACCEPTED}`,
    );
  }));

test.run();
