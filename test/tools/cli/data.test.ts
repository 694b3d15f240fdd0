import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dataCommand } from '../../../tools/cli/data.js';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { type Files, idxBytes, rejects, withFiles } from '../datasets/files.js';

const test = suite('cli/data');

const COUNT = 60;
const labels = Array.from({ length: COUNT }, (_, i) => i % 3);
const IMAGES: Files = {
  'train-images-idx3-ubyte': idxBytes(
    [COUNT, 2, 2],
    labels.flatMap((label, i) => [i, label, 0, 255]),
  ),
  'train-labels-idx1-ubyte': idxBytes([COUNT], labels),
  't10k-images-idx3-ubyte': idxBytes([3, 2, 2], new Array(12).fill(8)),
  't10k-labels-idx1-ubyte': idxBytes([3], [0, 1, 2]),
};

/** Runs `sparrow data` and returns its lines. */
async function run(...words: string[]): Promise<string[]> {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: string) => lines.push(line);
  try {
    await dataCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parseAsync(words, { from: 'user' });
  } finally {
    console.log = log;
  }
  return lines;
}

test('a source becomes a folder that loadDataset reads, and one line tells each file', () =>
  withFiles(IMAGES, async (folder) => {
    const out = join(folder, 'out');
    const lines = await run(folder, '--out', out, '--pool');
    assert.equal(lines, [
      `${join(out, 'train.fld')}: 60 examples of 1x1 uint8, 3 classes, 1 client`,
      `${join(out, 'test.fld')}: 3 examples of 1x1 uint8, 3 classes, 1 client`,
      'classes: 0 1 2',
    ]);
    const { train, test: held } = loadDataset(out);
    assert.equal([train.count, train.inputExp, held.features[0]], [60, -8, 8]);
    assert.equal(readdirSync(out).sort(), ['about.json', 'test.fld', 'train.fld']);
    const about = JSON.parse(readFileSync(join(out, 'about.json'), 'utf8'));
    assert.equal(about, { source: folder, classNames: ['0', '1', '2'] });
  }));

test('a choice of the examples may be dealt to clients anew', () =>
  withFiles(IMAGES, async (folder) => {
    const out = join(folder, 'out');
    const deal = ['--train-examples', '40', '--test-examples', '2', '--partition', 'iid', '--clients', '8'];
    await run(folder, '--out', out, ...deal);
    const { train, test: held } = loadDataset(out);
    assert.equal([train.count, held.count, train.clientCount], [40, 2, 8]);
    const places = [...train.features].filter((_, i) => i % 4 === 0);
    assert.is(new Set(places).size, 40, 'no example twice');
    assert.ok(
      places.every((place, i) => train.labels[i] === place % 3),
      'each with its label',
    );
    for (let client = 0; client < 8; client++) {
      assert.is(train.clients.filter((id) => id === client).length, 5);
    }
  }));

test('sensor windows take the options that name their columns', () =>
  withFiles({ 'a.csv': 'who,t,x,y,what\na,0,1,2,up\nb,1,-1,3,down\na,2,1,2,up\n' }, async (folder) => {
    const out = join(folder, 'out');
    const columns = ['--label', 'what', '--client', 'who', '--drop', 't', '--shape', '2x1', '--standardise'];
    await run(join(folder, 'a.csv'), '--out', out, ...columns);
    assert.equal(loadDataset(out).train.shape, [2, 1]);
    const about = JSON.parse(readFileSync(join(out, 'about.json'), 'utf8'));
    assert.equal([about.classNames, about.standard.mean.length], [['down', 'up'], 2]);
  }));

test('an option that does not fit the source is refused', () =>
  withFiles(IMAGES, async (folder) => {
    const out = join(folder, 'out');
    await rejects(
      () => run(folder, '--out', out, '--no-header'),
      `--no-header with ${folder} (idx), expected only with csv`,
    );
    await rejects(
      () => run('digits', '--out', out, '--test-share', '0.1'),
      '--test-share with digits (fld), expected only with csv or speech',
    );
    await rejects(
      () => run(folder, '--out', out, '--clients', '3'),
      '--clients 3, expected only with --partition',
    );
    await rejects(
      () => run(folder, '--out', out, '--train-examples', '61'),
      '61 examples, expected at most 60: all there are',
    );
    await rejects(
      () => run(folder, '--out', out, '--partition', 'pear'),
      'partition pear, expected natural, iid, dirichlet:<alpha> or shards:<per client>',
    );
    assert.not.ok(existsSync(out), 'nothing is written');
    let message = '';
    await run('digits', '--out', out, '--shape', '6x').catch((error: Error) => {
      message = error.message;
    });
    assert.match(
      message,
      /'--shape <sizes>' argument '6x' is invalid\. Expected one to three sizes, as 6x128\./,
    );
  }));

test.run();
