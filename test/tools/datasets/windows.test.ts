import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadWindows, type WindowOptions } from '../../../tools/datasets/windows.js';
import { type Files, refuses, withFiles } from './files.js';

const test = suite('datasets/windows');

const TRAIN = 'client,x0,x1,label\nann,0.5,-1,walk\nbob,0.25,0.75,run\nann,0,0.125,run\n';
const TEST = 'client,x0,x1,label\ncat,0.5,9,walk\n';

async function refusesFiles(files: Files, message: string, options: WindowOptions = {}, path = 'a.csv') {
  await withFiles(files, (folder) => {
    refuses(() => loadWindows(join(folder, path), options), message.replaceAll('FOLDER', folder));
  });
}

test('a folder with train.csv and test.csv is read: labels and clients by name, features in order', () =>
  withFiles({ 'train.csv': TRAIN, 'test.csv': TEST }, (folder) => {
    const { train, test: held, classNames } = loadWindows(folder);
    assert.equal(classNames, ['run', 'walk']);
    assert.equal([...train.labels], [1, 0, 0]);
    assert.equal([...train.clients, train.clientCount], [0, 1, 0, 2]);
    // −1 to 0.75 in int8: 2^-6 would make −64, 2^-7 −128, beyond −127
    assert.equal([train.signed, train.inputExp], [true, -6]);
    assert.equal([...new Int8Array(train.features.buffer)], [32, -64, 16, 48, 0, 8]);
    assert.equal([...new Int8Array(held.features.buffer)], [32, 127]); // saturated: 9 was not in training
    assert.equal([held.inputExp, held.clientCount], [-6, 1]);
  }));

test('a byte order mark, CRLF, empty lines, quotes and blanks change nothing', async () => {
  const dressed =
    '\ufeffclient,"x0", x1 ,label\r\n\r\n"ann",0.5,-1,walk\r\nbob, 0.25 ,"0.75",run\r\n\r\nann,0,0.125,run';
  await withFiles({ 'a.csv': dressed, 'b.csv': TRAIN, 't.csv': TEST }, (folder) => {
    const options = { test: join(folder, 't.csv') };
    assert.equal(loadWindows(join(folder, 'a.csv'), options), loadWindows(join(folder, 'b.csv'), options));
  });
});

test('columns are named, left out, or counted where there is no header', () =>
  withFiles({ 'a.csv': '7;1;5;a\n8;2;6;b\n', 't.csv': '9;3;5;a\n' }, (folder) => {
    const { train, classNames } = loadWindows(join(folder, 'a.csv'), {
      header: false,
      delimiter: ';',
      label: '4',
      client: '1',
      drop: ['3'],
      test: join(folder, 't.csv'),
    });
    assert.equal(classNames, ['a', 'b']);
    assert.equal([...train.clients], [0, 1]);
    assert.equal([train.shape, train.signed, train.inputExp], [[1], false, -6]); // 2 · 2^6 = 128
    assert.equal([...train.features], [64, 128]);
  }));

test('labels that are numbers are ordered as numbers', () =>
  withFiles({ 'a.csv': 'x,label\n1,10\n2,9\n3,10\n4,9\n' }, (folder) => {
    assert.equal(loadWindows(join(folder, 'a.csv')).classNames, ['9', '10']);
  }));

test('a shape must hold the features', async () => {
  await withFiles({ 'train.csv': TRAIN, 'test.csv': TEST }, (folder) => {
    assert.equal(loadWindows(folder, { shape: [2, 1] }).train.shape, [2, 1]);
  });
  await refusesFiles(
    { 'train.csv': TRAIN, 'test.csv': TEST },
    'shape 3x1, expected 2 features as in FOLDER',
    { shape: [3, 1] },
    '.',
  );
});

test('without a test part whole clients are held out, the same for a seed', () => {
  const rows = Array.from({ length: 100 }, (_, i) => `p${i % 10},${i},${i % 2 === 0 ? 'a' : 'b'}`);
  return withFiles({ 'a.csv': ['client,x,label', ...rows].join('\n') }, (folder) => {
    const file = join(folder, 'a.csv');
    const { train, test: held } = loadWindows(file);
    assert.equal([train.count, held.count, train.clientCount, held.clientCount], [80, 20, 8, 2]);
    assert.is(train.inputExp, -1); // 99 · 2 = 198; the last digit of x names the client
    const values = (set: { features: Uint8Array }) => new Set([...set.features].map((x) => (x / 2) % 10));
    assert.not.ok([...values(held)].some((client) => values(train).has(client)));
    assert.equal(loadWindows(file), loadWindows(file, { seed: 1, testShare: 0.2 }));
    assert.not.equal([...values(held)], [...values(loadWindows(file, { seed: 2 }).test)]);
  });
});

test('with one client the last rows of each label are held out', () => {
  const rows = ['1,a', '2,a', '3,b', '4,a', '5,b', '6,a', '7,a'];
  return withFiles({ 'a.csv': ['x,label', ...rows].join('\n') }, (folder) => {
    const { train, test: held } = loadWindows(join(folder, 'a.csv'), { testShare: 0.4 });
    const scale = 2 ** -train.inputExp;
    assert.equal(
      [...train.features].map((x) => x / scale),
      [1, 2, 3, 4],
    );
    assert.equal(
      [...held.features].map((x) => x / scale),
      [5, 6, 7],
    );
    assert.equal([...train.labels, train.clientCount], [0, 0, 1, 0, 1]);
  });
});

test('columns of unlike ranges are standardised by the training part alone', () =>
  withFiles(
    { 'train.csv': 'x,y,c,label\n1,1000,5,a\n3,3000,5,b\n', 'test.csv': 'x,y,c,label\n2,90000,7,a\n' },
    (folder) => {
      const { train, test: held, standard } = loadWindows(folder, { standardise: true });
      assert.equal(standard, { mean: [2, 2000, 5], sd: [1, 1000, 1] });
      assert.equal([train.signed, train.inputExp], [true, -5]);
      assert.equal([...new Int8Array(train.features.buffer)], [-32, -32, 0, 32, 32, 0]);
      assert.equal([...new Int8Array(held.features.buffer)], [0, 127, 64]);
    },
  ));

test('a bad row is named with its line and column', async () => {
  const head = 'client,x0,x1,label\n';
  const file = join('FOLDER', 'a.csv');
  const refusesRows = (rows: string, why: string) =>
    refusesFiles({ 'a.csv': head + rows }, `${file}: ${why}`);
  await refusesRows('a,1,2,b\n\na,1,two,b\n', 'line 4, column "x1": "two", expected a number');
  await refusesRows('a,1,,b\n', 'line 2, column "x1": "", expected a number');
  await refusesRows('a,1,Infinity,b\n', 'line 2, column "x1": "Infinity", expected a number');
  await refusesRows('a,1,2,b\na,1,NaN,b\n', 'line 3, column "x1": "NaN", expected a number');
  await refusesRows('a,1,2,\n', 'line 2, column "label": "", expected a name');
  await refusesRows(',1,2,b\n', 'line 2, column "client": "", expected a name');
  await refusesRows('a,1,2,b\na,1,2\n', 'line 3: 3 cells, expected 4');
  await refusesRows('a,1,2,b,3\n', 'line 2: 5 cells, expected 4');
  await refusesRows('', 'csv file without rows below its header, expected 1 or more');
  await refusesRows(
    'a,1,"2,b\n',
    'Quote Not Closed: the parsing is finished with an opening quote at line 2',
  );
});

test('a bad table is named with its file', async () => {
  const file = join('FOLDER', 'a.csv');
  await refusesFiles({ 'a.csv': '\n' }, `${file}: csv file without rows, expected 1 or more`);
  await refusesFiles(
    { 'a.csv': 'x,x,label\n1,2,a\n' },
    `${file}: line 1: column "x" twice, expected each name once`,
  );
  await refusesFiles({ 'a.csv': 'x,y\n1,2\n' }, `${file}: no column "label" (--label), expected one of x, y`);
  await refusesFiles(
    { 'a.csv': 'x,label\n1,2\n' },
    `${file}: no column "who" (--client), expected one of x, label`,
    { client: 'who' },
  );
  await refusesFiles(
    { 'a.csv': 'x,label\n1,2\n' },
    `${file}: no column "t" (--drop), expected one of x, label`,
    {
      drop: ['t'],
    },
  );
  await refusesFiles({}, `${file}: no such file`);
  await refusesFiles({ 'train.csv': TRAIN }, `${join('FOLDER', 'test.csv')}: no such file`, {}, '.');
  await refusesFiles(
    { 'train.csv': TRAIN, 'test.csv': 'client,x0,y1,label\na,1,2,walk\n' },
    `${join('FOLDER', 'test.csv')}: features x0, y1, expected x0, x1`,
    {},
    '.',
  );
  await refusesFiles({ 'a.csv': 'label\na\nb\n' }, `train: 0 features, expected 1 to 65535`, {
    testShare: 0.5,
  });
});

test('what cannot be a data set is refused', async () => {
  const rows = (count: number, row: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => row(i)).join('\n');
  await refusesFiles(
    { 'a.csv': `x,label\n${rows(256, (i) => `1,l${i}`)}` },
    `${join('FOLDER', 'a.csv')}: 256 labels, expected 2 to 255`,
    { testShare: 0.5 },
  );
  await refusesFiles({ 'a.csv': 'x,label\n1,a\n2,a\n' }, 'train: 1 classes, expected 2 to 255', {
    testShare: 0.5,
  });
  await refusesFiles({ 'a.csv': 'x,label\n1,a\n2,b\n' }, 'test: 0 examples, expected 1 or more', {
    testShare: 0.1,
  });
  for (const testShare of [0, 1, NaN]) {
    await refusesFiles(
      { 'a.csv': 'x,label\n1,a\n2,b\n' },
      `test share ${testShare}, expected above 0 and below 1`,
      { testShare },
    );
  }
  await refusesFiles(
    { 'train.csv': 'x,label\n1,a\n4095,b\n', 'test.csv': 'x,label\n1,a\n' },
    'features 0 to 4095, expected 0 to 255: divide them, or standardise',
    {},
    '.',
  );
  await refusesFiles(
    { 'train.csv': 'x,label\n1,a\n-200,b\n', 'test.csv': 'x,label\n1,a\n' },
    'features -200 to 1, expected -127 to 127: divide them, or standardise',
    {},
    '.',
  );
});

test.run();
