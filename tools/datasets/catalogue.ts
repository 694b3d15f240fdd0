/**
 * Public data sets by name: where their files are, and the checksum each must have.
 *
 * The checksums are those that torchvision and torchaudio publish for these files (MD5 for MNIST,
 * Fashion-MNIST and EMNIST, SHA-256 for Speech Commands). MNIST's own site has stopped answering
 * downloads; these two copies have the same bytes.
 * @module
 */

export interface Download {
  readonly file: string; // name under which it is kept
  readonly urls: readonly string[]; // tried in this order
  readonly checksum: string; // `md5:` or `sha256:` and hex digits
}

export interface Entry {
  readonly kind: 'idx' | 'speech';
  readonly set?: string; // of the image sets in the files
  readonly classNames?: readonly string[]; // where the files do not tell
  readonly downloads: readonly Download[];
}

const IMAGE_FILES = ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1'];

function imageFiles(bases: readonly string[], md5: readonly string[]): Download[] {
  return IMAGE_FILES.map((stem, i) => {
    const file = `${stem}-ubyte.gz`;
    return { file, urls: bases.map((base) => base + file), checksum: `md5:${md5[i]}` };
  });
}

function emnist(split: string): Entry {
  return {
    kind: 'idx',
    set: `emnist-${split}`,
    downloads: [
      {
        file: 'emnist.zip',
        urls: ['https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip'],
        checksum: 'md5:58c8d27c78d21e728a6bc7b3cc06412e',
      },
    ],
  };
}

const FASHION_CLASSES = 'T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot';

export const CATALOGUE: Readonly<Record<string, Entry>> = {
  mnist: {
    kind: 'idx',
    downloads: imageFiles(
      [
        'https://ossci-datasets.s3.amazonaws.com/mnist/',
        'https://storage.googleapis.com/cvdf-datasets/mnist/',
      ],
      [
        'f68b3c2dcbeaaa9fbdd348bbdeb94873',
        'd53e105ee54ea40749a09fcbcd1e9432',
        '9fb629c4189551a2d022fa330f9573f3',
        'ec29112dd5afa0611ce80d1b7f02629c',
      ],
    ),
  },
  'fashion-mnist': {
    kind: 'idx',
    classNames: FASHION_CLASSES.split(','),
    downloads: imageFiles(
      ['http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/'],
      [
        '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
        '25c81989df183df01b3e8a0aad5dffbe',
        'bef4ecab320f06d8554ea6380940ec79',
        'bb300cfdad3c16e7a12a480ee83cd310',
      ],
    ),
  },
  'emnist-balanced': emnist('balanced'),
  'emnist-byclass': emnist('byclass'),
  'emnist-bymerge': emnist('bymerge'),
  'emnist-digits': emnist('digits'),
  'emnist-letters': emnist('letters'),
  'emnist-mnist': emnist('mnist'),
  'speech-commands': {
    kind: 'speech',
    downloads: [
      {
        file: 'speech_commands_v0.02.tar.gz',
        urls: ['https://storage.googleapis.com/download.tensorflow.org/data/speech_commands_v0.02.tar.gz'],
        checksum: 'sha256:af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58',
      },
    ],
  },
};
