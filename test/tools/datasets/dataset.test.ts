import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { fldBytes, SMALL } from '../../shared/data/sets.js';

const test = suite('datasets');

const DIGITS = join(import.meta.dirname, '../../../tools/datasets/digits');

/** Runs `use` with a folder of these files. */
function withFolder(files: Record<string, Uint8Array>, use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'sparrow-data-'));
  try {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the digits come with the repository', () => {
  const { name, train, test: held } = loadDataset('digits');
  assert.is(name, 'digits');
  assert.equal([train.count, held.count, train.classes, train.clientCount], [1437, 360, 10, 20]);
  assert.equal(train.shape, [8, 8]);
  assert.is(train.inputExp, -4);
  assert.ok(train.features.every((pixel) => pixel <= 16));
  assert.equal([...new Set(held.labels)].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('the packed digits are the files they were made from, bit for bit', () => {
  const hash = (file: string) =>
    createHash('sha256')
      .update(gunzipSync(readFileSync(join(DIGITS, file))))
      .digest('hex');
  assert.is(hash('train.fld.gz'), '6a4564ab4ae7f06bd0f10ba5227f1fb5e56fdc8540002b99c4c7b0bf11cc53cc');
  assert.is(hash('test.fld.gz'), 'd1acfa810e0b54f9f1ced0343739da88281796f5cf2df981cdd34c72e3b4f1f0');
});

test('a folder of fld files is a data set, plain or packed', () => {
  const bytes = fldBytes(SMALL);
  withFolder({ 'train.fld': bytes, 'test.fld.gz': gzipSync(bytes) }, (folder) => {
    const { name, train, test: held } = loadDataset(folder);
    assert.ok(folder.endsWith(name));
    assert.equal(train, held);
  });
});

test('client ids may come from a file of their own', () => {
  const bytes = fldBytes(SMALL);
  const ids = Uint8Array.of(2, 0, 0, 0, 1, 0);
  withFolder({ 'train.fld': bytes, 'test.fld': bytes, 'a.u16': ids, 'b.u16': ids.subarray(1) }, (folder) => {
    assert.equal([...loadDataset(folder, { clientsFile: 'a.u16' }).train.clients], [2, 0, 1]);
    assert.throws(() => loadDataset(folder, { clientsFile: 'b.u16' }), /b\.u16: client ids of 5 bytes/);
    assert.throws(() => loadDataset(folder, { clientsFile: 'c.u16' }), /c\.u16: no such file$/);
  });
});

test('an unknown name is refused with what is known', () => {
  for (const name of ['pear', 'toString']) {
    assert.throws(
      () => loadDataset(name),
      new RegExp(`^data set ${name}, expected digits or a folder with train.fld and test.fld$`),
    );
  }
});

test('a folder that is no data set is refused with the file that is wrong', () => {
  const bytes = fldBytes(SMALL);
  withFolder({ 'train.fld': bytes }, (folder) => {
    assert.throws(() => loadDataset(folder), /test\.fld: no such file$/);
  });
  withFolder({ 'train.fld': bytes, 'test.fld': bytes.subarray(1) }, (folder) => {
    assert.throws(() => loadDataset(folder), /test\.fld: fld file, byte 0: magic/);
  });
  withFolder({ 'train.fld': bytes, 'test.fld.gz': bytes }, (folder) => {
    assert.throws(() => loadDataset(folder), /test\.fld\.gz: incorrect header check/);
  });
  withFolder({ 'train.fld': bytes, 'test.fld': fldBytes({ ...SMALL, classes: 5 }) }, (folder) => {
    assert.throws(() => loadDataset(folder), /test\.fld: classes 5, expected 4 as in train\.fld$/);
  });
});

test.run();
