import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseFld } from '../../../shared/data/fld.js';
import { formatFld } from '../../../tools/datasets/fld.js';
import { fldBytes, SMALL } from '../../shared/data/sets.js';
import { refuses } from './files.js';

const test = suite('datasets/fld');

test('what is written is the bytes that were read', () => {
  for (const fields of [
    { ...SMALL, scale: 256 },
    { ...SMALL, scale: 1, type: 1, dimensions: 1, sizes: [4, 1, 1] as const },
    { ...SMALL, scale: 65536, dimensions: 3, sizes: [1, 2, 2] as const },
  ]) {
    const bytes = fldBytes(fields);
    assert.equal(formatFld(parseFld(bytes)), bytes);
  }
});

test('what is read is the set that was written', () => {
  const set = { ...parseFld(fldBytes(SMALL)), clientCount: 65535, classes: 255 };
  assert.equal(parseFld(formatFld(set)), set);
});

test('a set that the format cannot hold is refused', () => {
  const set = parseFld(fldBytes(SMALL));
  const refusesWith = (other: object, message: string) =>
    refuses(() => formatFld({ ...set, ...other }), message);
  refusesWith({ shape: [1, 1, 2, 2] }, 'dimensions 4, expected 1 to 3 in an fld file');
  refusesWith({ inputExp: 1 }, 'input exponent 1, expected -16 to 0 in an fld file');
  refusesWith({ inputExp: -17 }, 'input exponent -17, expected -16 to 0 in an fld file');
  refusesWith({ classes: 256 }, 'classes 256, expected 2 to 255 in an fld file');
  refusesWith({ clientCount: 65536 }, 'clients 65536, expected 1 to 65535 in an fld file');
  refusesWith({ featureCount: 65536 }, 'features 65536, expected 1 to 65535 in an fld file');
});

test.run();
