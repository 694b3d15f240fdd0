import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadImages } from '../../../tools/datasets/images.js';
import { type Files, idxBytes, refuses, withFiles } from './files.js';

const test = suite('datasets/images');

const IMAGES = idxBytes([2, 2, 4], [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 250, 255, 254, 253]);

/** Two images of 2 × 4 in each part; the training part shows all classes. */
const MNIST: Files = {
  'train-images-idx3-ubyte': IMAGES,
  'train-labels-idx1-ubyte': idxBytes([2], [2, 0]),
  't10k-images-idx3-ubyte': IMAGES,
  't10k-labels-idx1-ubyte': idxBytes([2], [1, 2]),
};

function prefixed(prefix: string, train: number[], held: number[]): Files {
  return {
    [`${prefix}-train-images-idx3-ubyte.gz`]: gzipSync(IMAGES),
    [`${prefix}-train-labels-idx1-ubyte.gz`]: gzipSync(idxBytes([2], train)),
    [`${prefix}-test-images-idx3-ubyte.gz`]: gzipSync(IMAGES),
    [`${prefix}-test-labels-idx1-ubyte.gz`]: gzipSync(idxBytes([2], held)),
  };
}

async function refusesFiles(files: Files, message: string, options = {}): Promise<void> {
  await withFiles(files, (folder) => {
    refuses(() => loadImages(folder, options), message.replaceAll('FOLDER', folder));
  });
}

test('the four files of MNIST make a training and a test set', () =>
  withFiles(MNIST, (folder) => {
    const { train, test: held, classNames } = loadImages(folder);
    assert.equal([train.count, train.shape, train.classes], [2, [2, 4], 3]);
    assert.equal([train.signed, train.inputExp, train.featureCount], [false, -8, 8]);
    assert.equal([...train.features.subarray(8)], [10, 11, 12, 13, 250, 255, 254, 253]);
    assert.equal([...train.labels, ...held.labels], [2, 0, 1, 2]);
    assert.equal([...train.clients, train.clientCount], [0, 0, 1]);
    assert.equal(classNames, ['0', '1', '2']);
  }));

test('files may be packed, or have a dot in their names', async () => {
  const packed = Object.fromEntries(
    Object.entries(MNIST).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes as Uint8Array)]),
  );
  const dotted = Object.fromEntries(
    Object.entries(MNIST).map(([name, bytes]) => [name.replace('-idx', '.idx'), bytes]),
  );
  for (const files of [packed, dotted]) {
    await withFiles(files, (folder) => assert.equal([...loadImages(folder).test.labels], [1, 2]));
  }
});

test('pooling takes the mean of each 2 × 2 pixels, to nearest', () =>
  withFiles(MNIST, (folder) => {
    const { train } = loadImages(folder, { pool: true });
    assert.equal(train.shape, [1, 2]);
    // (0+1+4+5)/4 = 2.5, (2+3+6+7)/4 = 4.5, (10+11+250+255)/4 = 131.5, (12+13+254+253)/4 = 133
    assert.equal([...train.features], [3, 5, 132, 133]);
  }));

test('EMNIST images are turned upright and its letters count from 1', () =>
  withFiles(prefixed('emnist-letters', [26, 1], [3, 2]), (folder) => {
    const { train, test: held, classNames } = loadImages(folder);
    assert.equal([train.shape, train.classes], [[4, 2], 26]);
    assert.equal([...train.features.subarray(0, 8)], [0, 4, 1, 5, 2, 6, 3, 7]);
    assert.equal([...train.labels, ...held.labels], [25, 0, 2, 1]);
    assert.equal([classNames[0], classNames[25]], ['A', 'Z']);
  }));

test('other EMNIST splits count from 0 and have their own number of classes', async () => {
  const sizes: Record<string, number> = { balanced: 47, byclass: 62, bymerge: 47, digits: 10, mnist: 10 };
  for (const [split, classes] of Object.entries(sizes)) {
    await withFiles(prefixed(`emnist-${split}`, [0, classes - 1], [1, 0]), (folder) => {
      const { train, classNames } = loadImages(folder);
      assert.equal([train.classes, classNames.length, train.labels[1]], [classes, classes, classes - 1]);
    });
  }
});

test('of several sets in a folder one must be named', async () => {
  const both = { ...MNIST, ...prefixed('emnist-digits', [7, 8], [9, 0]) };
  await withFiles(both, (folder) => {
    assert.equal([...loadImages(folder, { set: 'emnist-digits' }).train.labels], [7, 8]);
    assert.equal([...loadImages(folder, { set: 'mnist' }).train.labels], [2, 0]);
  });
  await refusesFiles(both, 'FOLDER: 2 image sets, expected one of: emnist-digits, mnist');
  await refusesFiles(both, 'FOLDER: image set pear, expected one of: emnist-digits, mnist', { set: 'pear' });
  await refusesFiles({}, 'FOLDER: 0 image sets, expected one of: none is there');
});

test('a missing file is named', async () => {
  const { 't10k-labels-idx1-ubyte': _, ...noTestLabels } = MNIST;
  await refusesFiles(noTestLabels, `${join('FOLDER', 't10k-labels-idx1-ubyte')}: no such file, nor with .gz`);
  const letters = prefixed('emnist-letters', [1, 2], [1, 2]);
  const { 'emnist-letters-train-images-idx3-ubyte.gz': __, ...noImages } = letters;
  await refusesFiles(
    noImages,
    `${join('FOLDER', 'emnist-letters-train-images-idx3-ubyte')}: no such file, nor with .gz`,
  );
});

test('a file that does not fit the others is named, with the place', async () => {
  const at = (name: string) => join('FOLDER', name);
  await refusesFiles(
    { ...MNIST, 'train-labels-idx1-ubyte': idxBytes([3], [0, 1, 2]) },
    `${at('train-images-idx3-ubyte')}: 2 images, expected 3 as in ${at('train-labels-idx1-ubyte')}`,
  );
  await refusesFiles(
    { ...MNIST, 't10k-labels-idx1-ubyte': idxBytes([2], [1, 3]) },
    `${at('t10k-labels-idx1-ubyte')}: idx file, byte 9: label of image 1 3, expected 0 to 2`,
  );
  await refusesFiles(
    { ...MNIST, 'train-labels-idx1-ubyte': idxBytes([2], [1, 255]) },
    `${at('train-labels-idx1-ubyte')}: idx file, byte 9: label of image 1 255, expected 0 to 254`,
  );
  await refusesFiles(
    prefixed('emnist-letters', [0, 1], [1, 2]),
    `${at('emnist-letters-train-labels-idx1-ubyte.gz')}: idx file, byte 8: label of image 0 0, expected 1 to 26`,
  );
  await refusesFiles(
    { ...MNIST, 't10k-images-idx3-ubyte': idxBytes([2, 1, 1], [1, 2]) },
    'FOLDER: test images of 1 × 1, expected 2 × 4 as in train',
  );
  await refusesFiles(
    { ...MNIST, 'train-images-idx3-ubyte': idxBytes([2, 1, 2], [1, 2, 3, 4]) },
    `${at('train-images-idx3-ubyte')}: images of 1 × 2, expected even sizes to pool`,
    { pool: true },
  );
  await refusesFiles(
    {
      ...MNIST,
      'train-labels-idx1-ubyte': idxBytes([2], [0, 0]),
      't10k-labels-idx1-ubyte': idxBytes([2], [0, 0]),
    },
    'train: 1 classes, expected 2 to 255',
  );
});

test('a packed file that ends too early is named', async () => {
  const cut = gzipSync(IMAGES).subarray(0, 20);
  const { 'train-images-idx3-ubyte': _, ...rest } = MNIST;
  await refusesFiles(
    { ...rest, 'train-images-idx3-ubyte.gz': cut },
    `${join('FOLDER', 'train-images-idx3-ubyte.gz')}: unexpected end of file`,
  );
});

test.run();
